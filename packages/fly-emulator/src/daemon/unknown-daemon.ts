import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readDaemonPid } from './daemon-file.js';
import { isProcessAlive } from './process-alive.js';

/**
 * The process of an emulator that runs with its state in `directory` although nobody can talk to it: another version has started it,
 * or it hangs. Ask only when `runningDaemon` has found none. `null` = there is none; a process that got its id meanwhile is none.
 */
export function unknownDaemon(directory: string): number | null {
  const pid = readDaemonPid(directory);
  if (pid === null || pid === process.pid || !isProcessAlive(pid)) return null;
  const words = commandLine(pid);
  return words.includes('daemon-main') && words.includes(directory) ? pid : null;
}

/** What to say of it. */
export function unknownDaemonText(pid: number, bin: string): string {
  return `A local emulator runs (process ${pid}) that does not answer this version: it is of another one, or hangs. Stop it: ${bin} emulator stop`;
}

/** Empty when nobody tells. */
function commandLine(pid: number): string {
  try {
    if (existsSync('/proc/self/cmdline')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return '';
  }
}
