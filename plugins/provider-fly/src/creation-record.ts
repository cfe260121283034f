import type { OperationContext } from '@sindri/core';
import { appRecords, type AppRecords } from './app-records.js';

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
export type CreationRecords = AppRecords<CreationRecord>;

export function creationRecords(context: Pick<OperationContext, 'stateDir'>): CreationRecords {
  return appRecords(context, 'created', toRecord);
}

function toRecord(value: unknown): CreationRecord | null {
  const { organization, launchId, askedAt } = (value ?? {}) as Partial<Record<keyof CreationRecord, unknown>>;
  return typeof organization === 'string' && typeof launchId === 'string' && typeof askedAt === 'number'
    ? { organization, launchId, askedAt }
    : null;
}
