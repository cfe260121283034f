import type { WireMachine, WireVolume } from '../../api/types.js';
import type { BuilderData, BuildVolumeData } from '../../model.js';
import { buildVolumeName } from '../desired/build.js';
import { byCodeUnit } from './order.js';
import { isLivingVolume } from './select-volume.js';
import { wireTime } from './wire-time.js';

/** A machine that builds, as the rest of this provider sees it. */
export function toBuilderData({ id, name, state, created_at }: WireMachine): BuilderData {
  return { id, name, state, createdAt: wireTime(created_at) };
}

/** The volumes that builders work on. */
export function toBuildVolumes(volumes: readonly WireVolume[]): BuildVolumeData[] {
  return volumes
    .filter((volume) => volume.name === buildVolumeName && isLivingVolume(volume))
    .map(({ id, size_gb, attached_machine_id }) => ({
      id,
      sizeGb: size_gb,
      attachedMachineId: attached_machine_id ?? null,
    }))
    .sort((a, b) => byCodeUnit(a.id, b.id));
}
