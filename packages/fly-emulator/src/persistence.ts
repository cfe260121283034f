import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { State } from './records.js';
import type { Store } from './store.js';

/** Keeps the state of one emulator on disk. */
export interface Persistence {
  /** Writes what has changed, now. After it returns, a `kill -9` of the emulator loses nothing. */
  flush(): void;
  /** Flushes and stops watching. */
  close(): void;
}

const FILE_NAME = 'state.json';
/** Background changes (a machine came up) are gathered this long; acknowledged ones are flushed at once. */
const DEBOUNCE_MS = 50;

/** Reads the state a former run has left, or `null`. Throws when the file is there but cannot be understood. */
export function readState(directory: string): State | null {
  const file = path.join(directory, FILE_NAME);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const state = JSON.parse(text) as Partial<State>;
  if (state.format !== 1) throw new Error(`${file} was written by another version of the emulator: move it away`);
  return state as State;
}

/** Writes the store to `directory` (made 0700, the file 0600: it holds secrets and tokens) as it changes. */
export function persistStore(store: Store, directory: string): Persistence {
  const file = path.join(directory, FILE_NAME);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  let dirty = true;
  let timer: NodeJS.Timeout | undefined;

  // Synchronous on purpose: a half-written answer order is worse than a millisecond, and the file stays small.
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (!dirty) return;
    dirty = false;
    const fresh = `${file}.new`;
    writeFileSync(fresh, JSON.stringify(store.state), { mode: 0o600 });
    renameSync(fresh, file);
  };
  const unsubscribe = store.onChange(() => {
    dirty = true;
    timer ??= setTimeout(flush, DEBOUNCE_MS).unref();
  });

  return {
    flush,
    close() {
      unsubscribe();
      flush();
    },
  };
}
