import { setTimeout as delay } from 'node:timers/promises';
import { removeDaemonFile, type DaemonInfo } from './daemon-file.js';
import { isProcessAlive } from './process-alive.js';
import { runningDaemon } from './start-daemon.js';

/** Machines get their stop signals and time; more than this and something hangs. */
const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 50;

/** Ends the background emulator and its machines; their state stays in `directory`. Returns `null` when none runs. */
export async function stopDaemon(directory: string): Promise<DaemonInfo | null> {
  const info = await runningDaemon(directory);
  if (info === null) {
    removeDaemonFile(directory);
    return null;
  }
  process.kill(info.pid, 'SIGTERM');
  for (let waited = 0; isProcessAlive(info.pid); waited += POLL_MS) {
    if (waited >= STOP_TIMEOUT_MS) {
      process.kill(info.pid, 'SIGKILL');
      removeDaemonFile(directory);
      break;
    }
    await delay(POLL_MS);
  }
  return info;
}
