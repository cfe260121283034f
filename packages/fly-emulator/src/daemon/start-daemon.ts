import { spawn } from 'node:child_process';
import { chmodSync, closeSync, openSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { makePrivateDirectory } from '../private-directory.js';
import { isDaemonAlive } from './daemon-client.js';
import { daemonLogFile, readDaemonFile, removeDaemonFile, type DaemonInfo } from './daemon-file.js';
import type { DaemonMessage, DaemonSettings } from './daemon-main.js';
import { endProcess } from './end-process.js';
import { withLock } from './lock-file.js';
import { removeTemporaryFiles } from './temporary-files.js';
import { unknownDaemon } from './unknown-daemon.js';

export interface StartedDaemon extends DaemonInfo {
  /** It was running already. */
  reused: boolean;
}

/**
 * Makes sure that a background emulator runs with its state in `settings.directory`, and tells how to reach it. One that runs
 * already is used as it is, whatever the other settings say; one of another version is replaced. Safe to call from several processes at once.
 */
export async function startDaemon(settings: DaemonSettings, signal: AbortSignal): Promise<StartedDaemon> {
  const { directory } = settings;
  const running = await runningDaemon(directory);
  if (running !== null) return { ...running, reused: true };
  return withLock(directory, signal, async () => {
    // Somebody else may have started it while this process waited for the lock.
    const meanwhile = await runningDaemon(directory);
    if (meanwhile !== null) return { ...meanwhile, reused: true };
    // Two of them would write over each other's state. What is on it comes back with the new one.
    const unknown = unknownDaemon(directory);
    if (unknown !== null) await endProcess(unknown);
    removeDaemonFile(directory);
    return { ...(await spawnDaemon(settings, signal)), reused: false };
  });
}

/** The emulator that runs with its state in `directory`, or `null`. */
export async function runningDaemon(directory: string): Promise<DaemonInfo | null> {
  const info = readDaemonFile(directory);
  return info !== null && (await isDaemonAlive(info)) ? info : null;
}

/** A longer log of earlier daemons is put aside, in place of the one before. */
const LONG_LOG_BYTES = 1024 * 1024;

function openLog(file: string): number {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LONG_LOG_BYTES) renameSync(file, `${file}.1`);
  const handle = openSync(file, 'a', 0o600);
  chmodSync(file, 0o600);
  return handle;
}

async function spawnDaemon(settings: DaemonSettings, signal: AbortSignal): Promise<DaemonInfo> {
  makePrivateDirectory(settings.directory);
  removeTemporaryFiles(settings.directory);
  const log = openLog(daemonLogFile(settings.directory));
  const { PATH, LANG, TZ, TMPDIR, SystemRoot } = process.env;
  const child = spawn(process.execPath, [path.join(__dirname, 'daemon-main.js'), JSON.stringify(settings)], {
    detached: true,
    cwd: settings.directory,
    stdio: ['ignore', log, log, 'ipc'],
    // Nothing else of this environment: it may hold real tokens, and the daemon outlives this command.
    env: { PATH, LANG, TZ, TMPDIR, SystemRoot },
  });
  closeSync(log);
  const abort = (): void => void child.kill();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await new Promise<DaemonInfo>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) =>
        reject(
          signal.aborted ? signal.reason : new Error(`it ended with ${code}; see ${daemonLogFile(settings.directory)}`),
        ),
      );
      child.once('message', (message) => {
        const { ready, failed } = message as DaemonMessage;
        if (ready !== undefined) resolve(ready);
        else reject(new Error(failed));
      });
    });
  } finally {
    signal.removeEventListener('abort', abort);
    if (child.connected) child.disconnect();
    child.removeAllListeners();
    child.unref();
  }
}
