import type { OperationContext } from '@sindri/core';
import { appRecords, type AppRecords } from './app-records.js';
import type { VolumeData } from './model.js';

/** That this computer has asked for a volume which no machine has had since. */
export interface NewVolumeRecord {
  region: string;
  /** `null` until Fly has answered. */
  id: string | null;
  /** When, in ms since the epoch. */
  askedAt: number;
}

/** After this time it proves nothing: too much can have happened elsewhere. */
const VALID_MS = 24 * 60 * 60 * 1_000;
/** How far the clocks of two computers may be apart. */
const SKEW_MS = 5 * 60 * 1_000;

/**
 * What this computer remembers of a volume from before the request that creates it until the request for its machine: a run that ends
 * between the two leaves an empty volume, which looks like any other. One note per app.
 */
export type NewVolumeRecords = AppRecords<NewVolumeRecord>;

export function newVolumeRecords(context: Pick<OperationContext, 'stateDir'>): NewVolumeRecords {
  return appRecords(context, 'new-volumes', toRecord);
}

/** Whether `volume` is the one that `record` is about. */
export function isRecorded(
  record: NewVolumeRecord | null,
  { id, region, createdAt, attachedMachineId }: VolumeData,
  now: number,
): boolean {
  if (record === null || attachedMachineId !== null || record.region !== region) return false;
  if (now - record.askedAt > VALID_MS) return false;
  if (record.id !== null) return record.id === id;
  return createdAt !== null && Date.parse(createdAt) >= record.askedAt - SKEW_MS;
}

function toRecord(value: unknown): NewVolumeRecord | null {
  const { region, id, askedAt } = (value ?? {}) as Partial<Record<keyof NewVolumeRecord, unknown>>;
  return typeof region === 'string' && (id === null || typeof id === 'string') && typeof askedAt === 'number'
    ? { region, id, askedAt }
    : null;
}
