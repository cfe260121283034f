import { existsSync } from 'node:fs';
import type { BootRequest } from '../machine-runtime.js';
import { translateGuestPaths, type MachinePlaces } from './machine-root.js';
import { MACHINE_MARK } from './process-table.js';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const SHELLS = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash', '/opt/homebrew/bin/bash', '/bin/sh'];

/** The shell of user `developer`: this computer's bash, or `sh` without one. */
export function loginShell(): string {
  return SHELLS.find((file) => existsSync(file)) ?? '/bin/sh';
}

/**
 * What programs in a machine see: the machine's own variables and the image's, nothing of the emulator's process. Paths of the
 * machine are given as they are on this computer.
 */
export function guestEnvironment(request: BootRequest, places: MachinePlaces, mark: string): Record<string, string> {
  const env: Record<string, string> = { PATH: DEFAULT_PATH, LANG: 'C.UTF-8' };
  for (const [name, value] of Object.entries(request.env)) {
    env[name] = Object.hasOwn(request.secrets, name) ? value : translateGuestPaths(value, places);
  }
  return {
    ...env,
    HOME: places.home,
    ALT_HOME: places.home,
    WORKSPACE: places.workspace,
    USER: 'developer',
    LOGNAME: 'developer',
    SHELL: loginShell(),
    [MACHINE_MARK]: mark,
  };
}
