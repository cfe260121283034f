import { existsSync } from 'node:fs';
import { removeTemporaryFiles } from './temporary-files.js';
import { setTimeout as delay } from 'node:timers/promises';
import { endLeftovers, machinesDirectory } from '../runtime/processes/leftovers.js';
import { removeDaemonFile, type DaemonInfo } from './daemon-file.js';
import { withLock } from './lock-file.js';
import { isProcessAlive } from './process-alive.js';
import { runningDaemon } from './start-daemon.js';

/** Machines get their stop signals and time; more than this and something hangs. */
const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 50;

/**
 * Ends the background emulator and its machines; their state stays in `directory`. Returns `null` when none runs. A start at the
 * same time waits until this is over.
 */
export async function stopDaemon(directory: string, signal: AbortSignal): Promise<DaemonInfo | null> {
  if (!existsSync(directory)) return null;
  return withLock(directory, signal, async () => {
    const info = await runningDaemon(directory);
    if (info !== null) await endDaemon(info);
    removeDaemonFile(directory);
    // One that was killed could not end its machines itself.
    await endLeftovers(machinesDirectory(directory));
    removeTemporaryFiles(directory);
    return info;
  });
}

async function endDaemon(info: DaemonInfo): Promise<void> {
  process.kill(info.pid, 'SIGTERM');
  for (let waited = 0; isProcessAlive(info.pid); waited += POLL_MS) {
    if (waited >= STOP_TIMEOUT_MS) {
      process.kill(info.pid, 'SIGKILL');
      break;
    }
    await delay(POLL_MS);
  }
}
