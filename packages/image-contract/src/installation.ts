import type { EnvironmentSpec } from '@sindri/core';
import { homePath } from './home.js';
import { installLogPath, markers } from './markers.js';

/** How far the image has come with the installation of extensions. */
export interface InstallationProgress {
  /** `absent`: nothing tells that this image installs anything. */
  state: 'installed' | 'installing' | 'absent';
  /** The newest lines of the installer, oldest first. */
  lines: string[];
}

/** Lines that one look brings back. */
const LINES = 40;
const STATE = /^sindri-state:(installed|pending|log|home)$/;

/** Whether an image installs anything at its first boot when it gets `spec`. */
export function installsExtensions({ extensions }: Pick<EnvironmentSpec, 'extensions'>): boolean {
  const { autoInstall, profile, active } = extensions;
  return autoInstall && (profile !== null || active.length > 0);
}

const home = `"\${ALT_HOME:-${homePath}}"`;
/** The same file in a home that may be elsewhere. */
const inHome = (file: string): string => `${home}${file.slice(homePath.length)}`;

/** A script for `sh -c`, run inside: tells how far the installation is. {@link readInstallation} reads what it writes. */
export const installationScript = [
  // The marker first: when it is there, the log is whole.
  `test -e ${inHome(markers.installation)} && echo sindri-state:installed || echo sindri-state:pending`,
  `test -e ${inHome(installLogPath)} && echo sindri-state:log`,
  `test -e ${home}/.sindri && echo sindri-state:home`,
  `tail -n ${LINES} ${inHome(installLogPath)} 2>/dev/null`,
  'true',
].join('\n');

/** What {@link installationScript} has written. */
export function readInstallation(stdout: string): InstallationProgress {
  const all = stdout.split('\n').map((line) => line.replace(/\r$/, ''));
  const states = new Set(all.flatMap((line) => STATE.exec(line)?.[1] ?? []));
  const lines = all.filter((line) => line.trim() !== '' && !STATE.test(line));
  if (states.has('installed')) return { state: 'installed', lines };
  return { state: states.has('log') || states.has('home') ? 'installing' : 'absent', lines };
}

/** The lines of `now` that come after those of `before`: both are the newest of one growing file. */
export function newInstallerLines(before: readonly string[], now: readonly string[]): string[] {
  for (let shared = Math.min(before.length, now.length); shared > 0; shared--) {
    const tail = before.slice(before.length - shared);
    if (tail.every((line, index) => line === now[index])) return now.slice(shared);
  }
  return [...now];
}
