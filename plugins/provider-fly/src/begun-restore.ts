import type { OperationContext } from '@sindri/core';
import { appRecords, type AppRecords } from './app-records.js';
import type { BegunRestore } from './model.js';

/** That this computer has asked for a volume with what a snapshot holds. */
export interface RestoreRecord extends BegunRestore {
  /** Volumes that were there before: the new one is none of them. */
  known: string[];
  /** When, in ms since the epoch. */
  askedAt: number;
}

/** After this time it proves nothing: somebody who asks for the same snapshot again means a new restore. */
const VALID_MS = 60 * 60 * 1_000;

/**
 * What this computer remembers of a restore from before the request for the new volume until the end: a volume has no mark, so a run
 * that goes on after one that was killed could not tell the volume of that run from any other. One note per app.
 */
export function restoreRecords(context: Pick<OperationContext, 'stateDir'>): AppRecords<RestoreRecord> {
  return appRecords(context, 'restores', toRecord);
}

/** The note of an app; `null` when there is none, or when it is too old. */
export async function readRestore(
  context: Pick<OperationContext, 'stateDir' | 'clock'>,
  app: string,
): Promise<RestoreRecord | null> {
  const record = await restoreRecords(context).read(app);
  return record === null || context.clock.now() - record.askedAt > VALID_MS ? null : record;
}

function toRecord(value: unknown): RestoreRecord | null {
  const { snapshot, region, volumeId, known, askedAt } = (value ?? {}) as Partial<Record<keyof RestoreRecord, unknown>>;
  const isWhole =
    typeof snapshot === 'string' &&
    typeof region === 'string' &&
    (volumeId === null || typeof volumeId === 'string') &&
    Array.isArray(known) &&
    known.every((id) => typeof id === 'string') &&
    typeof askedAt === 'number';
  return isWhole ? { snapshot, region, volumeId, known, askedAt } : null;
}
