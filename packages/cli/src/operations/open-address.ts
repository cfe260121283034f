import { spawn } from 'node:child_process';
import type { Env } from '../shell.js';

/** What opens an address on this system; `BROWSER` wins, as everywhere. */
function opener({ BROWSER }: Env): [program: string, ...args: string[]] {
  if (BROWSER) return [BROWSER];
  if (process.platform === 'darwin') return ['open'];
  return process.platform === 'win32' ? ['explorer.exe'] : ['xdg-open'];
}

/** Whether a program took the address. It gets it as one argument, never through a shell. */
export function openAddress(url: string, env: Env): Promise<boolean> {
  const [program, ...args] = opener(env);
  return new Promise((resolve) => {
    const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true, env: { ...env } });
    child.once('error', () => resolve(false));
    // Explorer ends with 1 although it has opened it.
    child.once('exit', (code) => resolve(code === 0 || process.platform === 'win32'));
    // A browser that was not running yet stays until somebody closes it.
    child.unref();
  });
}

/** Whether a page opened here would be seen by the person at this terminal: not over SSH, and not without a screen. */
export function hasBrowser(env: Env, system: NodeJS.Platform = process.platform): boolean {
  const { BROWSER, SSH_CONNECTION, SSH_TTY, DISPLAY, WAYLAND_DISPLAY } = env;
  if (BROWSER) return true;
  if (SSH_CONNECTION || SSH_TTY) return false;
  return system === 'darwin' || system === 'win32' || Boolean(DISPLAY || WAYLAND_DISPLAY);
}
