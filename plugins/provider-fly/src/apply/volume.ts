import { SindriError, type JsonObject } from '@sindri/core';
import { FlyApiError, hasCode } from '../api/errors.js';
import type { WireVolume } from '../api/types.js';
import { timing } from '../machine/timing.js';
import { isLivingVolume } from '../planner/index.js';
import { resourceIds } from '../model.js';
import { newVolumeRecords } from '../new-volume-record.js';
import { createOnce } from './create-once.js';
import { applied, madeApp, resultsOf, skipped } from './results.js';
import { seenGone, seenVolume, type Seen } from './seen.js';
import { observed, type Apply, type ApplyWork, type PayloadOf } from './work.js';
import { flyError } from '../fly-error.js';

const PAUSE_MS = 1_000;

/**
 * Creates the volume, unless there is one that waits for us. Volume names are not unique, so looking first is the only thing
 * between a repeated create and a second volume that nobody uses and everybody pays.
 */
export const applyVolumeCreate: Apply<'volume.create'> = async (work, payload) => {
  const { api, names } = work;
  const find = (): Promise<WireVolume | null> => findVolume(work, payload.name, payload.region);

  const existing = madeApp(work) ? null : await find();
  if (existing !== null) return skipped('volume.create', `${existing.id} is there already`, leftOf(existing));
  const records = newVolumeRecords(work.context);
  const record = { region: payload.region, id: null, askedAt: work.context.clock.now() };
  await records.write(work.notes, record);
  const { value, found } = await createOnce(work, {
    what: `create volume ${payload.name}`,
    create: () =>
      api.volumes.create(names.app, {
        name: payload.name,
        region: payload.region,
        sizeGb: payload.sizeGb,
        snapshotRetention: payload.snapshotRetention,
        compute: payload.compute as JsonObject,
        computeImage: payload.computeImage,
        ...(payload.apart === true ? { apart: true } : {}),
      }),
    find,
    unique: false,
  }).catch((error: unknown) => {
    if (payload.apart !== true || !(error instanceof FlyApiError) || !hasCode(error, 'FLY_NO_CAPACITY')) throw error;
    throw noOtherHost(error, payload);
  });
  await records.write(work.notes, { ...record, id: value.id });
  return found
    ? skipped('volume.create', `found ${value.id} after a lost answer`, leftOf(value))
    : { ...applied('volume.create', leftOf(value)), seen: seenVolume(work, value) };
};

/** Everything that concerns the first machine is done by then. */
function noOtherHost(
  { code, kind, retryable, details }: FlyApiError,
  { name, region }: PayloadOf<'volume.create'>,
): SindriError {
  return new SindriError({
    code,
    kind,
    retryable,
    details,
    message: `Fly has no room in ${region} for volume ${name} on another host than that of the first machine.`,
    hint:
      'The first machine is as it should be, and can be used. Run the same command again later, or take `highAvailability` out of ' +
      'the config to go on with one machine.',
  });
}

/** A volume of this name and region that is free, or already with our machine. */
async function findVolume({ api, names }: ApplyWork, name: string, region: string): Promise<WireVolume | null> {
  const fitting = (await api.volumes.list(names.app)).filter(
    (volume) => volume.name === name && volume.region === region && isLivingVolume(volume),
  );
  const free = fitting.find((volume) => !volume.attached_machine_id);
  if (free !== undefined || fitting.length === 0) return free ?? null;
  const machines = await api.machines.list(names.app);
  const ours = machines.filter((machine) => names.machines.includes(machine.name)).map(({ id }) => id);
  return fitting.find((volume) => ours.includes(volume.attached_machine_id ?? '')) ?? null;
}

function leftOf({ id, name, region, size_gb }: WireVolume): {
  id: string;
  name: string;
  region: string;
  sizeGb: number;
} {
  return { id, name, region, sizeGb: size_gb };
}

/** The id of the volume to mount: made in this run, or there before. */
export function volumeIdFor(work: ApplyWork, volumeName: string | null): string | undefined {
  if (volumeName === null) return undefined;
  const made = resultsOf(work, 'volume.create').find(({ name }) => name === volumeName)?.id;
  return made ?? observed(work, 'volume', resourceIds.volume(volumeName))?.id;
}

/** Grows the volume. Fly never shrinks one, so asking for a size that is reached already is refused: that is success. */
export const applyVolumeExtend: Apply<'volume.extend'> = async ({ api, context, names }, { volumeId, sizeGb }) => {
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
    return applied('volume.extend', { id: volumeId, sizeGb, needsRestart });
  } catch (error) {
    if (!(error instanceof FlyApiError) || error.kind !== 'refused') throw error;
    const volume = await api.volumes.get(names.app, volumeId);
    if (volume === null || volume.size_gb < sizeGb) throw error;
    const left = { id: volumeId, sizeGb: volume.size_gb, needsRestart: false };
    return skipped('volume.extend', `it has ${volume.size_gb} GB already`, left);
  }
};

/** Sets for how many days snapshots are kept. */
export const applyVolumeUpdate: Apply<'volume.update'> = async ({ api, names }, { volumeId, snapshotRetention }) => {
  await api.volumes.update(names.app, volumeId, { snapshotRetention });
  return applied('volume.update', { id: volumeId, snapshotRetention });
};

/** Deletes a volume (Fly keeps it for about a day) and makes sure that it no longer counts. */
export const applyVolumeDelete: Apply<'volume.delete'> = async (work, { volumeId, name }) => {
  const { clock, signal } = work.context;
  const deadline = clock.now() + timing.goneMs;
  for (let first = true; ; first = false) {
    const answered = await tryDelete(work, volumeId, deadline);
    if (answered === 'gone' && first) {
      return { ...skipped('volume.delete', 'it is gone already', { id: volumeId }), seen: seenWithout(work, volumeId) };
    }
    // Only an answer that shows it on its way out is as good as a look.
    const left = answered === 'leaving' ? null : await work.api.volumes.get(work.names.app, volumeId);
    if (left === null || !isLivingVolume(left)) {
      return { ...applied('volume.delete', { id: volumeId }), seen: seenWithout(work, volumeId) };
    }
    if (clock.now() >= deadline) throw stillThere(volumeId, name);
    await clock.sleep(PAUSE_MS, signal);
  }
};

/** A machine that was destroyed a moment ago may still count as attached: then it is `refused` for now. */
async function tryDelete(
  work: ApplyWork,
  volumeId: string,
  deadline: number,
): Promise<'gone' | 'leaving' | 'accepted' | 'refused'> {
  try {
    const { existed, volume } = await work.api.volumes.delete(work.names.app, volumeId);
    if (!existed) return 'gone';
    return volume?.id === volumeId && !isLivingVolume(volume) ? 'leaving' : 'accepted';
  } catch (error) {
    const passing = hasCode(error, 'FLY_VOLUME_ATTACHED', 'FLY_PRECONDITION', 'FLY_CONFLICT');
    if (!passing || work.context.clock.now() >= deadline) throw error;
    return 'refused';
  }
}

/** Nothing is told of an environment with several volumes of the name. */
function seenWithout(work: ApplyWork, volumeId: string): Seen | undefined {
  const { names } = work;
  const before = observed(work, 'volume', resourceIds.volume(names.volume));
  return before?.id === volumeId && before.others.length === 0 ? seenGone('volume', names.volume) : undefined;
}

function stillThere(volumeId: string, name: string): SindriError {
  return flyError({
    code: 'FLY_STATE_TIMEOUT',
    kind: 'incomplete',
    retryable: true,
    message: `Volume ${name} (${volumeId}) is still there after its deletion.`,
    hint: 'Run the same command again in a minute.',
    details: { volume: volumeId },
  });
}
