import type { CreateSnapshotIntent, ProviderPlan } from '@sindri/core';
import type { ChangePayload } from '../../model.js';
import type { FlyDesired } from '../desired/desired.js';
import type { ObservedEnvironment } from '../observed/open-observation.js';
import { observedCost } from '../prices/observed-cost.js';
import { change } from './change.js';
import { chosenNote, ownVolume } from './own-volume.js';

/**
 * One more snapshot of the volume. Each is a new one, so there is always something to do. Throws `FLY_NO_VOLUME`, `FLY_VOLUME_IN_USE`,
 * `FLY_APP_NOT_OURS`, `PLAN_UNOBSERVED`.
 */
export function planSnapshot(
  { names }: FlyDesired,
  { volume: asked }: CreateSnapshotIntent,
  observed: ObservedEnvironment,
): ProviderPlan<ChangePayload> {
  const volume = ownVolume(names, asked, observed, 'taking a snapshot of');
  const days = volume.snapshotRetention;
  const kept = days === null ? '' : `, kept for ${days} ${days === 1 ? 'day' : 'days'}`;
  return {
    changes: [
      change({
        id: `snapshot:${volume.name}:create`,
        action: 'create',
        resource: { type: 'snapshot', name: volume.name },
        title: `take a snapshot of volume ${volume.name}${kept}`,
        payload: { kind: 'snapshot.create', volumeId: volume.id, name: volume.name },
        differences: [{ field: 'snapshot', from: null, to: volume.id }],
        impact: ['in-place'],
        // What Fly bills is what is stored, which nobody knows before, and nothing of the first 10 GB.
        monthlyCostDelta: null,
      }),
    ],
    notes: chosenNote(names, asked, observed),
    cost: observedCost(observed),
  };
}
