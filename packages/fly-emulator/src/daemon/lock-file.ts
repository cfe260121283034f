import { mkdirSync, openSync, closeSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isProcessAlive } from './process-alive.js';

const RETRY_MS = 50;

/**
 * Runs `work` while no other process on this computer holds the same lock. A lock whose holder has died is taken over. Rejects
 * with the reason of `signal` when it is aborted while waiting.
 */
export async function withLock<T>(directory: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = path.join(directory, 'daemon.lock');
  while (!tryLock(file)) {
    signal.throwIfAborted();
    await delay(RETRY_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryLock(file: string): boolean {
  try {
    const handle = openSync(file, 'wx', 0o600);
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const holder = readHolder(file);
  // An empty file is a holder between `open` and `write`.
  if (holder !== null && !isProcessAlive(holder)) rmSync(file, { force: true });
  return false;
}

function readHolder(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
