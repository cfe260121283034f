import { SindriError } from '@sindri/core';
import { hasCode } from '../api/errors.js';
import { timing } from '../machine/timing.js';
import { isLivingVolume } from '../mapping/index.js';
import { applied, skipped, type Apply, type ApplyRoom } from './room.js';

const PAUSE_MS = 1_000;

/** Deletes a volume (Fly keeps it for about a day) and makes sure that it no longer counts. */
export const applyVolumeDelete: Apply<'volume.delete'> = async (room, { volumeId, name }) => {
  const { clock, signal } = room.context;
  const deadline = clock.now() + timing.goneMs;
  for (let first = true; ; first = false) {
    const volume = await room.api.volumes.get(room.names.app, volumeId);
    if (volume === null || !isLivingVolume(volume)) {
      return first
        ? skipped('volume.delete', 'it is gone already', { id: volumeId })
        : applied('volume.delete', { id: volumeId });
    }
    if (clock.now() >= deadline) throw stillThere(volumeId, name);
    if (!first) await clock.sleep(PAUSE_MS, signal);
    await tryDelete(room, volumeId, deadline);
  }
};

/** A machine that was destroyed a moment ago may still count as attached. */
async function tryDelete(room: ApplyRoom, volumeId: string, deadline: number): Promise<void> {
  try {
    await room.api.volumes.delete(room.names.app, volumeId);
  } catch (error) {
    const passing = hasCode(error, 'FLY_VOLUME_ATTACHED', 'FLY_PRECONDITION', 'FLY_CONFLICT');
    if (!passing || room.context.clock.now() >= deadline) throw error;
  }
}

function stillThere(volumeId: string, name: string): SindriError {
  return new SindriError({
    code: 'FLY_STATE_TIMEOUT',
    kind: 'incomplete',
    retryable: true,
    message: `Volume ${name} (${volumeId}) is still there after its deletion.`,
    hint: 'Run the same command again in a minute.',
    details: { volume: volumeId },
  });
}
