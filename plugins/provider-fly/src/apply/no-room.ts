import { SindriError, isSindriError } from '@sindri/core';
import type { FlyApiError } from '../api/errors.js';
import { resourceIds } from '../model.js';
import { isRecorded, newVolumeRecords } from '../new-volume-record.js';
import { resultsOf } from './results.js';
import { observed, type ApplyWork } from './work.js';

/**
 * Whether no machine can ever have had this volume: this very run has made it, or one that was killed before it asked for the machine, as
 * this computer remembers.
 */
export async function isUnusedVolume(work: ApplyWork, volumeId: string): Promise<boolean> {
  if (isMadeHere(work, volumeId)) return true;
  const { context, names } = work;
  const seen = observed(work, 'volume', resourceIds.volume(names.volume));
  if (seen === null || seen.id !== volumeId) return false;
  return isRecorded(await newVolumeRecords(context).read(work.notes), seen, context.clock.now());
}

/**
 * The error for a machine for which there is no room, or no GPU. Volumes cannot move: an unused one (see {@link isUnusedVolume}) is deleted again,
 * so that the next deploy is free to go to another region or host. Where a volume stays, the way out that is told leaves it where it is.
 */
export async function withoutRoom(
  work: ApplyWork,
  error: FlyApiError,
  volumeId: string | undefined,
  isUnused: boolean,
): Promise<SindriError> {
  if (volumeId === undefined) return error;
  const isNew = isUnused && (isMadeHere(work, volumeId) || (await hadNoMachine(work)));
  if (isNew && (await removeVolume(work, volumeId))) {
    const hint = error.hint ?? '';
    return told(
      error,
      `${hint} The empty volume that was made for it is deleted again, so nothing is tied to this region.`.trim(),
    );
  }
  // Neither later nor elsewhere is there one.
  if (error.code === 'FLY_GPU_REFUSED') return error;
  return told(
    error,
    isNew
      ? `Try again later, or ask for less. To go to another region, run \`sindri destroy\` first: the new volume ${volumeId} could not be deleted, and it cannot move.`
      : `Try again later, or ask for less: volume ${volumeId} was there before, keeps what is on it, and cannot move to another region. The way out is a restore: \`sindri volume snapshots\`, then \`sindri volume restore ID\`, puts what a snapshot holds where there is room.`,
  );
}

function isMadeHere(work: ApplyWork, volumeId: string): boolean {
  return resultsOf(work, 'volume.create').some(({ id, made }) => made && id === volumeId);
}

/** A deploy from another computer may have used the volume since. */
async function hadNoMachine({ api, context, names }: ApplyWork): Promise<boolean> {
  try {
    return !(await api.machines.everExisted(names.app));
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isSindriError(error)) throw error;
    return false;
  }
}

/** Whether the volume is gone. Only one that no machine has: another deploy may have taken it. */
async function removeVolume(work: ApplyWork, id: string): Promise<boolean> {
  const { api, context, names } = work;
  try {
    const volume = await api.volumes.get(names.app, id);
    if (volume === null) return true;
    if (volume.attached_machine_id) return false;
    // If this run ends here, the next one may still delete it.
    await newVolumeRecords(context).write(work.notes, { region: volume.region, id, askedAt: context.clock.now() });
    await api.volumes.delete(names.app, id);
    await newVolumeRecords(context).delete(work.notes);
    return true;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isSindriError(error)) throw error;
    return false;
  }
}

function told({ code, kind, message, retryable, details }: FlyApiError, hint: string): SindriError {
  return new SindriError({ code, kind, message, hint, retryable, details });
}
