import { createFileStore, isSindriError, type JsonObject, type OperationContext } from '@sindri/core';

/** One note per app that this computer keeps of what it has asked Fly for. */
export interface AppRecords<T extends object> {
  /** `null` when there is none, or none that can be read. */
  read(app: string): Promise<T | null>;
  write(app: string, record: T): Promise<void>;
  delete(app: string): Promise<void>;
}

/** The notes of one kind, below `fly/<folder>/` of the state directory. `toRecord` returns `null` for what is no such note. */
export function appRecords<T extends object>(
  { stateDir }: Pick<OperationContext, 'stateDir'>,
  folder: string,
  toRecord: (value: unknown) => T | null,
): AppRecords<T> {
  const store = createFileStore(stateDir);
  const nameOf = (app: string): string => `fly/${folder}/${app}.json`;
  return {
    async read(app) {
      try {
        return toRecord(await store.readJson(nameOf(app)));
      } catch (error) {
        // Damaged or out of reach: then it proves nothing.
        if (isSindriError(error)) return null;
        throw error;
      }
    },
    write: (app, record) => store.writeJson(nameOf(app), record as JsonObject),
    delete: (app) => store.delete(nameOf(app)),
  };
}
