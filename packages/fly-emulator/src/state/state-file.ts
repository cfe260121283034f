import { readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { State } from '../records.js';

const FILE_NAME = 'state.json';

/** The whole state as it was last written in one piece, or `null`. Throws when it is there but cannot be understood. */
export function readStateFile(directory: string): State | null {
  const file = path.join(directory, FILE_NAME);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  let found: { format?: unknown };
  try {
    found = JSON.parse(text) as { format?: unknown };
  } catch {
    throw new Error(`${file} is damaged: move it away to start anew`);
  }
  // Format 1 had no journal beside it, and was otherwise the same.
  if (found.format === 1) return { ...(found as unknown as State), format: 2, epoch: 0 };
  if (found.format !== 2) throw new Error(`${file} was written by another version of the emulator: move it away`);
  return found as unknown as State;
}

/** Writes the whole state, 0600. After it resolves a loss of power leaves either this one or, never, half of it. Returns its length. */
export async function writeStateFile(directory: string, text: string): Promise<number> {
  const file = path.join(directory, FILE_NAME);
  const fresh = `${file}.new`;
  try {
    const handle = await open(fresh, 'w', 0o600);
    try {
      await handle.chmod(0o600);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
  await syncDirectory(directory);
  return Buffer.byteLength(text);
}

/** Makes a rename last. Not every system can. */
async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await open(directory, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // The file itself is whole in any case.
  }
}
