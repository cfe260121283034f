import type { Environment, FileStore, Plan } from '@sindri/core';
import { core } from '../lazy.js';

/** What people were told at the last deploy from this computer. It decides what is shown once more, never what is planned. */
export interface ToldNotes {
  has(message: string): boolean;
  /** Everything that holds now; what held before and does no longer is new when it comes back. */
  remember(messages: readonly string[]): Promise<void>;
  /** Nothing was ever told: the environment is gone. */
  forget(): Promise<void>;
}

/** The memory of one environment, in the state directory. What cannot be read was not told, and what cannot be written is told again. */
export async function readToldNotes(environment: Environment): Promise<ToldNotes> {
  const { createFileStore, fingerprint } = core();
  const { spec, provider, stateDir } = environment;
  const store: FileStore = createFileStore(stateDir);
  const entry = `told/${fingerprint([provider.name, spec.name]).slice(0, 32)}.json`;
  const markOf = (message: string) => fingerprint(message).slice(0, 32);
  const value = await store.readJson(entry).catch(() => null);
  const told = new Set(Array.isArray(value) ? value : []);
  return {
    has: (message) => told.has(markOf(message)),
    async remember(messages) {
      const marks = [...new Set(messages.map(markOf))];
      if (marks.length === told.size && marks.every((mark) => told.has(mark))) return;
      await store.writeJson(entry, marks).catch(() => undefined);
    },
    forget: () => store.delete(entry).catch(() => undefined),
  };
}

/**
 * The notes of a deploy that are worth a look: what is new, and with changes every warning. Over an empty plan only a warning that is
 * new. Those of any other intent are about what it does: all of them.
 */
export function notesWorthALook({ intent, changes, notes }: Plan, told: ToldNotes): Plan['notes'] {
  if (intent !== 'deploy') return notes;
  return notes.filter(({ level, message }) =>
    changes.length > 0 ? level === 'warning' || !told.has(message) : level === 'warning' && !told.has(message),
  );
}
