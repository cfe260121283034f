import { readFileSync } from 'node:fs';

/**
 * Whether a process with this id runs, also one of another user. One that has ended but has not been collected by its parent does
 * not run: where nobody collects orphans (a container without an init) it would seem alive for ever.
 */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

/** Only Linux tells; elsewhere `false`. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}
