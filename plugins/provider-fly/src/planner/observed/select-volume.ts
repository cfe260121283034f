import type { WireVolume } from '../../api/types.js';
import type { FlyFacts, OtherVolume, VolumeData } from '../../model.js';
import { buildVolumeName } from '../desired/build.js';
import { byCodeUnit } from './order.js';
import { wireTime } from './wire-time.js';

/** States in which a volume is on its way out; flyctl hides them too. */
const goneVolumeStates = new Set([
  'scheduling_destroy',
  'fork_cleanup',
  'waiting_for_detach',
  'pending_destroy',
  'destroying',
  'destroyed',
]);

/** Whether a volume is still there for anybody, as opposed to soft-deleted. */
export function isLivingVolume(volume: Pick<WireVolume, 'state'>): boolean {
  return !goneVolumeStates.has(volume.state);
}

/** Which volume to look for. */
export interface VolumeRequest {
  /** Exact name. */
  name: string;
  region: string;
  /** Our machine, when there is one: the volume attached to it is the one, wherever it is. */
  machineId: string | null;
}

/**
 * Picks the volume of this environment by its exact name: the one attached to our machine, else a free one in the region (the
 * newest: a restore makes one beside the one that was used), else any in the region, else one elsewhere (which `planFly` then refuses
 * to leave behind). `null` = there is none.
 */
export function toVolumeData(volumes: readonly WireVolume[], request: VolumeRequest): VolumeData | null {
  const named = volumes
    .filter((volume) => volume.name === request.name && isLivingVolume(volume))
    .sort((a, b) => rank(a) - rank(b) || byCodeUnit(b.created_at ?? '', a.created_at ?? '') || byCodeUnit(a.id, b.id));
  const [chosen, ...others] = named;
  if (chosen === undefined) return null;
  return {
    ...toOtherVolume(chosen),
    name: chosen.name,
    state: chosen.state,
    snapshotRetention: chosen.snapshot_retention ?? null,
    others: others.map(toOtherVolume),
  };

  function rank(volume: WireVolume): number {
    const attached = volume.attached_machine_id ?? null;
    if (request.machineId !== null && attached === request.machineId) return 0;
    return (volume.region === request.region ? 1 : 3) + (attached === null ? 0 : 1);
  }
}

function toOtherVolume(volume: WireVolume): OtherVolume {
  return {
    id: volume.id,
    region: volume.region,
    sizeGb: volume.size_gb,
    attachedMachineId: volume.attached_machine_id ?? null,
    createdAt: wireTime(volume.created_at),
    hostStatus: volume.host_status ?? null,
    use: useOf(volume),
  };
}

/** All figures are 0 until a machine has the volume. */
function useOf({ block_size: size = 0, blocks = 0, blocks_free: free }: WireVolume): VolumeData['use'] {
  if (size === null || blocks === null || free === null || free === undefined || blocks * size === 0) return null;
  return { usedBytes: Math.max(0, blocks - free) * size, totalBytes: blocks * size };
}

/** The app's volumes of other names but those of builders, for `FlyFacts.foreignVolumes`: deleting the app would take them along. */
export function toForeignVolumes(volumes: readonly WireVolume[], names: readonly string[]): FlyFacts['foreignVolumes'] {
  return volumes
    .filter((volume) => !names.includes(volume.name) && volume.name !== buildVolumeName && isLivingVolume(volume))
    .map((volume) => ({ id: volume.id, name: volume.name, region: volume.region, sizeGb: volume.size_gb }))
    .sort((a, b) => byCodeUnit(a.id, b.id));
}
