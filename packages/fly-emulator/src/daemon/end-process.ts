import { setTimeout as delay } from 'node:timers/promises';
import { isProcessAlive } from './process-alive.js';

/** Machines get their stop signals and time; more than this and something hangs. */
const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 50;

/** Ends the process of a background emulator, by force when it does not end by itself. */
export async function endProcess(pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM');
  for (let waited = 0; isProcessAlive(pid); waited += POLL_MS) {
    if (waited >= STOP_TIMEOUT_MS) {
      process.kill(pid, 'SIGKILL');
      break;
    }
    await delay(POLL_MS);
  }
}
