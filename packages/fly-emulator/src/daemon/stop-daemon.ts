import { existsSync } from 'node:fs';
import { removeTemporaryFiles } from './temporary-files.js';
import { endLeftovers, machinesDirectory } from '../runtime/processes/leftovers.js';
import { removeDaemonFile } from './daemon-file.js';
import { endProcess } from './end-process.js';
import { withLock } from './lock-file.js';
import { runningDaemon } from './start-daemon.js';
import { unknownDaemon } from './unknown-daemon.js';

/**
 * Ends the background emulator and its machines; their state stays in `directory`. Resolves with its process, `null` when
 * none runs; one of another version is ended, too. A start at the same time waits until this is over.
 */
export async function stopDaemon(directory: string, signal: AbortSignal): Promise<number | null> {
  if (!existsSync(directory)) return null;
  return withLock(directory, signal, async () => {
    const pid = (await runningDaemon(directory))?.pid ?? unknownDaemon(directory);
    if (pid !== null) await endProcess(pid);
    removeDaemonFile(directory);
    // One that was killed could not end its machines itself.
    await endLeftovers(machinesDirectory(directory));
    removeTemporaryFiles(directory);
    return pid;
  });
}
