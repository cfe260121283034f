import type { MachineConfig } from '../records.js';

/**
 * Whether a machine whose main process ended by itself is started again.
 * @param restarts how often it has been restarted since somebody started it
 */
export function shouldRestart(restart: MachineConfig['restart'], exitCode: number, restarts: number): boolean {
  switch (restart.policy || 'on-failure') {
    case 'always':
      return restart.max_retries === undefined || restart.max_retries === 0 || restarts < restart.max_retries;
    case 'on-failure':
      return exitCode !== 0 && restarts < (restart.max_retries ?? 10);
    default:
      return false;
  }
}
