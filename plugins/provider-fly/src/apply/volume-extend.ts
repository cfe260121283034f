import { FlyApiError } from '../api/errors.js';
import { applied, skipped, type Apply } from './room.js';

/** Grows the volume. Fly never shrinks one, so asking for a size that is reached already is refused: that is success. */
export const applyVolumeExtend: Apply<'volume.extend'> = async ({ api, context, names }, { volumeId, sizeGb }) => {
  const result = { id: volumeId, sizeGb };
  try {
    const { needsRestart } = await api.volumes.extend(names.app, volumeId, sizeGb);
    if (needsRestart) {
      context.emit({
        type: 'notice',
        level: 'info',
        code: 'FLY_VOLUME_NEEDS_RESTART',
        message: `The volume has ${sizeGb} GB; the machine sees them after its next start.`,
      });
    }
    return applied('volume.extend', { ...result, needsRestart });
  } catch (error) {
    if (!(error instanceof FlyApiError) || error.kind !== 'refused') throw error;
    const volume = await api.volumes.get(names.app, volumeId);
    if (volume === null || volume.size_gb < sizeGb) throw error;
    return skipped('volume.extend', `it has ${volume.size_gb} GB already`, { ...result, sizeGb: volume.size_gb });
  }
};
