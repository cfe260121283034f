import type { State } from './records.js';
import { applyEntry, entriesOf, readEntry, type EntryName } from './state/changes.js';
import type { DiskTrouble } from './state/disk-trouble.js';
import { createJournal, readJournal, type Journal } from './state/journal.js';
import { readStateFile, writeStateFile } from './state/state-file.js';
import type { Store } from './store.js';
import { makePrivateDirectory } from './private-directory.js';

/** Keeps the state of one emulator on disk. */
export interface Persistence {
  /**
   * Resolves with true when everything that has changed until now is on the disk: a `kill -9` or a loss of power loses nothing of
   * it. Resolves with false when the disk does not take it; it stays to be written, and is tried again. Never rejects.
   */
  commit(): Promise<boolean>;
  /** Resolves with false when the last write failed and fails again: what is changed now could not be stored. */
  isWritable(): Promise<boolean>;
  /** Writes the state in one piece and stops watching. */
  close(): Promise<void>;
}

/** Background changes (a machine came up) are gathered this long; acknowledged ones are written at once. */
const GATHER_MS = 50;
const RETRY_MS = 1000;
/** The journal is folded into the state when it is longer than this, and longer than the state: so a write costs the same in any state. */
const SHORT_JOURNAL = 4 * 1024 * 1024;

/** Reads the state a former run has left, or `null`. Throws when it is there but cannot be understood. */
export function readState(directory: string): State | null {
  const state = readStateFile(directory);
  if (state === null) return null;
  state.wireGuardPeers ??= {};
  const tokens = new Map(state.tokens.map((token) => [token.id, token]));
  for (const entry of readJournal(directory, state.epoch)) applyEntry(state, tokens, entry);
  return { ...state, tokens: [...tokens.values()] };
}

/**
 * Writes the store to `directory` (made 0700, its files 0600: they hold secrets and tokens) as it changes: each change to a journal,
 * the whole now and then.
 */
export function persistStore(
  store: Store,
  directory: string,
  trouble: DiskTrouble,
  journal: Journal = createJournal(directory),
): Persistence {
  let dirty = new Map<string, EntryName>();
  /** The whole state has to be written: at the start, and when it is not known what has changed. */
  let wholeIsDue = true;
  /** Length of the journal at which it is folded into the state. */
  let foldAt = SHORT_JOURNAL;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<boolean> = Promise.resolve(true);
  let waiting: Promise<boolean> | null = null;

  const writeWhole = async (): Promise<void> => {
    makePrivateDirectory(directory);
    const due = wholeIsDue;
    const before = dirty;
    dirty = new Map();
    wholeIsDue = false;
    const epoch = store.state.epoch + 1;
    try {
      const length = await writeStateFile(directory, JSON.stringify({ ...store.state, epoch }));
      foldAt = Math.max(SHORT_JOURNAL, length);
    } catch (error) {
      wholeIsDue ||= due;
      dirty = new Map([...before, ...dirty]);
      throw error;
    }
    // From here on the lines of the journal are of the past, also when clearing it fails.
    store.state.epoch = epoch;
    await journal.clear().catch(() => undefined);
  };

  const writeChanges = async (): Promise<void> => {
    const batch = dirty;
    dirty = new Map();
    try {
      await journal.append(
        store.state.epoch,
        [...batch.values()].map((name) => readEntry(store.state, name, store.token)),
      );
    } catch (error) {
      dirty = new Map([...batch, ...dirty]);
      throw error;
    }
  };

  /** Everything is on the disk already: when the state cannot be written in one piece, the journal goes on for a while. */
  const fold = (): Promise<void> =>
    writeWhole().then(
      () => trouble.worked('state in one piece'),
      (error: unknown) => {
        foldAt = journal.length + SHORT_JOURNAL;
        trouble.failed('state in one piece', error);
      },
    );

  const write = async (): Promise<boolean> => {
    clearTimeout(timer);
    timer = undefined;
    try {
      if (wholeIsDue) await writeWhole();
      else if (dirty.size > 0) await writeChanges();
    } catch (error) {
      failing = true;
      trouble.failed('state', error);
      arm(RETRY_MS);
      return false;
    }
    failing = false;
    trouble.worked('state');
    if (journal.length > foldAt) await fold();
    return true;
  };

  /** Writers that come while one is at work share the next turn, and so its wait for the disk. */
  const commit = (): Promise<boolean> => {
    if (waiting) return waiting;
    const turn = running.then(() => {
      waiting = null;
      return (running = write());
    });
    waiting = turn;
    return turn;
  };

  const arm = (ms: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void commit();
    }, ms).unref();
  };

  const unsubscribe = store.onChange((change) => {
    if (change === null) wholeIsDue = true;
    else for (const name of entriesOf(change)) dirty.set(name.join('\0'), name);
    arm(GATHER_MS);
  });

  return {
    commit: () => (waiting === null && dirty.size === 0 && !wholeIsDue ? running : commit()),
    isWritable: async () => !failing || commit(),
    async close() {
      unsubscribe();
      await commit();
      clearTimeout(timer);
      await fold();
      await journal.close();
    },
  };
}
