import { readFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Entry } from './changes.js';

/** What has changed since the state was last written in one piece, a line for each write. */
export interface Journal {
  /** Bytes of what is known to be on the disk. */
  readonly length: number;
  /** Resolves when the entries are on the disk. When it rejects nothing of them is, as far as a reader can tell. */
  append(epoch: number, entries: Entry[]): Promise<void>;
  /** Forgets everything: the whole state has been written. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

const FILE_NAME = 'state.journal';

/** Made 0600: it holds secrets and tokens. What it holds already stays. */
export function createJournal(directory: string): Journal {
  const file = path.join(directory, FILE_NAME);
  let handle: FileHandle | null = null;
  let length = 0;

  const opened = async (): Promise<FileHandle> => {
    if (handle) return handle;
    const fresh = await open(file, 'a', 0o600);
    handle = fresh;
    await fresh.chmod(0o600);
    length = (await fresh.stat()).size;
    return fresh;
  };
  /** Whether a write that failed may have left half a line. */
  let torn = false;

  return {
    get length() {
      return length;
    },
    async append(epoch, entries) {
      const journal = await opened();
      if (torn) await journal.truncate(length);
      torn = true;
      const text = `${JSON.stringify([epoch, entries])}\n`;
      await journal.appendFile(text);
      await journal.datasync();
      torn = false;
      length += Buffer.byteLength(text);
    },
    async clear() {
      await (await opened()).truncate(0);
      length = 0;
      torn = false;
    },
    async close() {
      await handle?.close();
      handle = null;
    },
  };
}

/**
 * The entries that follow the state of this epoch, in order; older ones are in that state already. A last line that a kill has cut
 * was never acknowledged and is left out. Throws when a line before it is damaged.
 */
export function readJournal(directory: string, epoch: number): Entry[] {
  const file = path.join(directory, FILE_NAME);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const lines = text.split('\n').map(parseLine);
  const cut = lines.indexOf(null);
  if (cut >= 0 && lines.slice(cut).some((line) => line !== null)) {
    throw new Error(`${file} is damaged in line ${cut + 1}: move it away to go on without what it holds`);
  }
  return lines.flatMap((line) => (line?.[0] === epoch ? line[1] : []));
}

function parseLine(line: string): [epoch: number, entries: Entry[]] | null {
  try {
    const parsed = JSON.parse(line) as unknown;
    return Array.isArray(parsed) && Array.isArray(parsed[1]) ? (parsed as [number, Entry[]]) : null;
  } catch {
    return null;
  }
}
