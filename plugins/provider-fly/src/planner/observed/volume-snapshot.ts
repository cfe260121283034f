import type { VolumeSnapshot } from '@sindri/core';
import type { WireSnapshot } from '../../api/types.js';
import type { FlySnapshot } from '../../model.js';
import { wireTime } from './wire-time.js';

const BYTES_PER_GB = 1024 ** 3;
const MS_PER_DAY = 86_400_000;

/** A snapshot in the words of all providers. While Fly writes it, it has neither time nor size. */
export function toVolumeSnapshot(wire: WireSnapshot, volume: string): VolumeSnapshot {
  const written = wireTime(wire.created_at);
  const createdAt = written === null ? null : new Date(written);
  const state = stateOf(wire.status ?? '', createdAt !== null);
  const end = new Date((createdAt?.getTime() ?? NaN) + (wire.retention_days ?? NaN) * MS_PER_DAY);
  return {
    id: wire.id,
    volume,
    createdAt: createdAt?.toISOString() ?? null,
    sizeGb:
      state === 'ready' && typeof wire.size === 'number' ? Math.round((wire.size / BYTES_PER_GB) * 100) / 100 : null,
    state,
    // No day of any calendar either, when it is to be kept for good.
    expiresAt: Number.isNaN(end.getTime()) ? null : end.toISOString(),
  };
}

/** The same for a restore. */
export function toFlySnapshot(wire: WireSnapshot, volumeId: string): FlySnapshot {
  const { id, state, createdAt } = toVolumeSnapshot(wire, volumeId);
  const bytes = wire.volume_size;
  return {
    id,
    volumeId,
    state,
    createdAt,
    volumeGb: typeof bytes === 'number' ? Math.ceil(bytes / BYTES_PER_GB) : null,
  };
}

/** Only `created` and `running` are known from Fly. */
function stateOf(status: string, hasTime: boolean): VolumeSnapshot['state'] {
  if (status === 'created') return 'ready';
  if (/fail|error/i.test(status)) return 'failed';
  return status === '' && hasTime ? 'ready' : 'pending';
}
