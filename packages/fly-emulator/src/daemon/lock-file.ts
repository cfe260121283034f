import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makePrivateDirectory } from '../private-directory.js';
import { isProcessAlive } from './process-alive.js';

const RETRY_MS = 50;
/** Nothing that is done under the lock takes so long; the holder's process id must have been given to another program. */
const STALE_MS = 120_000;

/**
 * Runs `work` while no other process on this computer holds the same lock. A lock whose holder has died is taken over. Rejects
 * with the reason of `signal` when it is aborted while waiting.
 */
export async function withLock<T>(
  directory: string,
  signal: AbortSignal,
  work: () => Promise<T>,
  write: (handle: number, text: string) => void = writeSync,
): Promise<T> {
  makePrivateDirectory(directory);
  const file = path.join(directory, 'daemon.lock');
  while (!tryLock(file, write)) {
    signal.throwIfAborted();
    await delay(RETRY_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryLock(file: string, write: (handle: number, text: string) => void): boolean {
  try {
    const handle = openSync(file, 'wx', 0o600);
    try {
      write(handle, String(process.pid));
    } catch {
      // The disk is full. The file is the lock without a number, too, and an emulator can be stopped, which makes room.
    } finally {
      closeSync(handle);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const holder = readHolder(file);
  if (isStale(file, holder)) removeStale(file, holder);
  return false;
}

/** An empty file is a holder between `open` and `write`, or on a full disk, unless it is old. */
function isStale(file: string, holder: number | null): boolean {
  if (holder !== null && !isProcessAlive(holder)) return true;
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && Date.now() - written > STALE_MS;
}

/** Takes the file away only if it is still that holder's: another process may have taken the lock over meanwhile. */
function removeStale(file: string, holder: number | null): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (readHolder(aside) !== holder) linkSync(aside, file);
  } catch {
    // Somebody else was faster.
  }
  rmSync(aside, { force: true });
}

function readHolder(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
