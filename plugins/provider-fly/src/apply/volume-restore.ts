import type { SindriError } from '@sindri/core';
import type { WireVolume } from '../api/types.js';
import { readRestore, restoreRecords, type RestoreRecord } from '../begun-restore.js';
import { flyError } from '../fly-error.js';
import { timing } from '../machine/timing.js';
import { isLivingVolume } from '../planner/index.js';
import { createOnce } from './create-once.js';
import { applied, skipped } from './results.js';
import type { Apply, ApplyWork, PayloadOf } from './work.js';

/**
 * Makes a volume with what a snapshot holds, once, whatever happens to the answers and to this run: what is asked for is noted before, and
 * a run that goes on finds the volume by that. Waits until it can be used.
 */
export const applyVolumeRestore: Apply<'volume.restore'> = async (work, payload) => {
  const { api, context, names } = work;
  const records = restoreRecords(context);
  const left = await leftByAnEarlierRun(work, payload);
  let made = left;
  if (made === null) {
    const before = await api.volumes.list(names.app);
    const record: RestoreRecord = {
      snapshot: payload.snapshotId,
      region: payload.region,
      volumeId: null,
      known: before.map(({ id }) => id),
      askedAt: context.clock.now(),
    };
    await records.write(names.app, record);
    const { value } = await createOnce(work, {
      what: `restore snapshot ${payload.snapshotId}`,
      create: () => api.volumes.create(names.app, payload),
      find: () => findNew(work, payload, record),
      unique: false,
    });
    made = value;
    await records.write(names.app, { ...record, volumeId: value.id });
  }
  await awaitWhole(work, made);
  if (payload.alone) await records.delete(names.app);
  const { id, name, region, size_gb: sizeGb } = made;
  const result = { id, name, region, sizeGb };
  return left === null
    ? applied('volume.restore', result)
    : skipped('volume.restore', `${left.id} is there from a run that was cut short`, result);
};

/** The note of a restore has served its purpose. */
export async function forgetRestore({ context, names }: ApplyWork): Promise<void> {
  await restoreRecords(context).delete(names.app);
}

async function leftByAnEarlierRun(work: ApplyWork, payload: PayloadOf<'volume.restore'>): Promise<WireVolume | null> {
  const record = await readRestore(work.context, work.names.app);
  if (record?.snapshot !== payload.snapshotId || record.region !== payload.region) return null;
  const found = await findNew(work, payload, record);
  if (found !== null) await restoreRecords(work.context).write(work.names.app, { ...record, volumeId: found.id });
  return found;
}

/** The volume that a record is about, while no machine has it. Throws `FLY_OUTCOME_UNKNOWN` when it could be one of several. */
async function findNew(
  { api, names }: ApplyWork,
  { name, region }: PayloadOf<'volume.restore'>,
  { volumeId, known }: RestoreRecord,
): Promise<WireVolume | null> {
  const fitting = (await api.volumes.list(names.app)).filter(
    (volume) =>
      volume.name === name && volume.region === region && isLivingVolume(volume) && !volume.attached_machine_id,
  );
  const [found = null, ...more] = fitting.filter(({ id }) =>
    volumeId === null ? !known.includes(id) : id === volumeId,
  );
  if (more.length > 0 && found !== null) throw severalNew([found, ...more]);
  return found;
}

/** A volume that is being restored is there, and no machine can have it yet. */
async function awaitWhole({ api, context, names, machineWork }: ApplyWork, volume: WireVolume): Promise<void> {
  const { clock, signal } = context;
  const deadline = clock.now() + timing.restoreMs;
  for (let seen: WireVolume | null = volume; ; seen = await api.volumes.get(names.app, volume.id)) {
    if (seen !== null && !PREPARING.has(seen.state)) {
      if (isLivingVolume(seen)) return;
      throw notWhole(volume.id, `is ${seen.state}`, false);
    }
    if (clock.now() >= deadline) throw notWhole(volume.id, 'is not there yet', true);
    machineWork.progress(`waiting until Fly has filled volume ${volume.id}`);
    await clock.sleep(timing.snapshotPauseMs, signal);
  }
}

const PREPARING = new Set(['creating', 'restoring', 'hydrating', 'recovering']);

function notWhole(volume: string, what: string, retryable: boolean): SindriError {
  return flyError({
    code: 'FLY_STATE_TIMEOUT',
    kind: 'incomplete',
    retryable,
    message: `Volume ${volume}, made from the snapshot, ${what}.`,
    hint: 'Nothing else was changed. Run the same command again: it goes on with this volume.',
    details: { volume },
  });
}

function severalNew(volumes: readonly WireVolume[]): SindriError {
  const ids = volumes.map(({ id }) => id);
  return flyError({
    code: 'FLY_OUTCOME_UNKNOWN',
    kind: 'incomplete',
    message: `Several volumes were made at the same time (${ids.join(', ')}), and Fly does not tell which is the one of this restore.`,
    hint: 'Delete those that nobody needs with `sindri volume delete`, and run the same command again.',
    details: { volumes: ids },
  });
}
