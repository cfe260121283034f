import type { JsonObject } from '@sindri/core';
import type { WireVolume } from '../api/types.js';
import { isLivingVolume } from '../mapping/index.js';
import { createOnce } from './create-once.js';
import { applied, madeApp, skipped, type Apply, type ApplyRoom } from './room.js';

/**
 * Creates the volume, unless there is one that waits for us. Volume names are not unique, so looking first is the only thing
 * between a repeated create and a second volume that nobody uses and everybody pays.
 */
export const applyVolumeCreate: Apply<'volume.create'> = async (room, payload) => {
  const { api, names } = room;
  const find = (): Promise<WireVolume | null> => findVolume(room, payload.name, payload.region);

  const existing = madeApp(room) ? null : await find();
  if (existing !== null) {
    return skipped('volume.create', `${existing.id} is there already`, resultOf(existing));
  }
  const { value, found } = await createOnce(room, {
    what: `create volume ${payload.name}`,
    create: () =>
      api.volumes.create(names.app, {
        name: payload.name,
        region: payload.region,
        sizeGb: payload.sizeGb,
        snapshotRetention: payload.snapshotRetention,
        compute: payload.compute as JsonObject,
        computeImage: payload.computeImage,
      }),
    find,
    unique: false,
  });
  return found
    ? skipped('volume.create', `found ${value.id} after a lost answer`, resultOf(value))
    : applied('volume.create', resultOf(value));
};

/** A volume of this name and region that is free, or already with our machine. */
async function findVolume({ api, names }: ApplyRoom, name: string, region: string): Promise<WireVolume | null> {
  const fitting = (await api.volumes.list(names.app)).filter(
    (volume) => volume.name === name && volume.region === region && isLivingVolume(volume),
  );
  const free = fitting.find((volume) => !volume.attached_machine_id);
  if (free !== undefined || fitting.length === 0) return free ?? null;
  const machines = await api.machines.list(names.app);
  const ours = machines.filter((machine) => names.machines.includes(machine.name)).map(({ id }) => id);
  return fitting.find((volume) => ours.includes(volume.attached_machine_id ?? '')) ?? null;
}

function resultOf(volume: WireVolume): JsonObject {
  return { id: volume.id, name: volume.name, region: volume.region, sizeGb: volume.size_gb };
}
