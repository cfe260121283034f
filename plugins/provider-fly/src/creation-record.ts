import { createFileStore, isSindriError, type OperationContext } from '@sindri/core';

/** That this computer has asked Fly for an app. */
export interface CreationRecord {
  organization: string;
  /** The run that asked. */
  launchId: string;
  /** When, in ms since the epoch. */
  askedAt: number;
}

/**
 * What this computer remembers of an app from before the request that creates it until the app carries our mark: a run that ends
 * between the two leaves an app on which nothing shows whose it is. One note per app.
 */
export interface CreationRecords {
  /** `null` when there is none, or none that can be read. */
  read(app: string): Promise<CreationRecord | null>;
  write(app: string, record: CreationRecord): Promise<void>;
  delete(app: string): Promise<void>;
}

export function creationRecords({ stateDir }: Pick<OperationContext, 'stateDir'>): CreationRecords {
  const store = createFileStore(stateDir);
  const nameOf = (app: string): string => `fly/created/${app}.json`;
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
    write: (app, record) => store.writeJson(nameOf(app), { ...record }),
    delete: (app) => store.delete(nameOf(app)),
  };
}

function toRecord(value: unknown): CreationRecord | null {
  const { organization, launchId, askedAt } = (value ?? {}) as Partial<Record<keyof CreationRecord, unknown>>;
  return typeof organization === 'string' && typeof launchId === 'string' && typeof askedAt === 'number'
    ? { organization, launchId, askedAt }
    : null;
}
