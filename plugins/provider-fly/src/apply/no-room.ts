import { SindriError, isSindriError } from '@sindri/core';
import type { FlyApiError } from '../api/errors.js';
import { resultsOf } from './results.js';
import type { ApplyWork } from './work.js';

/**
 * The error for a machine for which there is no room. Volumes cannot move: one that this very run has made for the machine, and that
 * no machine has ever had, is deleted again, so that the next deploy is free to go to another region or host. Where a volume stays,
 * the way out that is told leaves it where it is.
 */
export async function withoutRoom(
  work: ApplyWork,
  error: FlyApiError,
  volumeId: string | undefined,
): Promise<SindriError> {
  if (volumeId === undefined) return error;
  const isNew = resultsOf(work, 'volume.create').some(({ id, made }) => made && id === volumeId);
  if (isNew && (await removeVolume(work, volumeId))) {
    const hint = error.hint ?? '';
    return told(
      error,
      `${hint} The empty volume that was made for it is deleted again, so nothing is tied to this region.`.trim(),
    );
  }
  return told(
    error,
    isNew
      ? `Try again later, or ask for less. To go to another region, run \`sindri destroy\` first: the new volume ${volumeId} could not be deleted, and it cannot move.`
      : `Try again later, or ask for less: volume ${volumeId} was there before, keeps what is on it, and cannot move to another region.`,
  );
}

/** Whether the volume is gone. Only one that no machine has: another deploy may have taken it. */
async function removeVolume({ api, context, names }: ApplyWork, id: string): Promise<boolean> {
  try {
    const volume = await api.volumes.get(names.app, id);
    if (volume === null) return true;
    if (volume.attached_machine_id) return false;
    await api.volumes.delete(names.app, id);
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
