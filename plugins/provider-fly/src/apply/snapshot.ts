import { hasCode } from '../api/errors.js';
import type { WireSnapshot } from '../api/types.js';
import { flyError } from '../fly-error.js';
import { timing } from '../machine/timing.js';
import { toVolumeSnapshot } from '../planner/index.js';
import { createOnce } from './create-once.js';
import { applied, skipped } from './results.js';
import type { Apply, ApplyWork, PayloadOf } from './work.js';

/**
 * Takes a snapshot, and waits until Fly has written it. One that is being written already is of this moment, too. A lost answer is
 * looked up among those that were not there before. Throws `FLY_SNAPSHOT_UNUSABLE` when Fly fails to write it, `FLY_STATE_TIMEOUT` when that
 * takes too long: who deletes something next must not believe that there is one.
 */
export const applySnapshotCreate: Apply<'snapshot.create'> = async (work, payload) => {
  const { volumeId, name } = payload;
  const { api, names } = work;
  const list = (): Promise<WireSnapshot[]> => api.volumes.snapshots(names.app, volumeId);
  const before = new Set((await list()).map(({ id }) => id));
  const findNew = async (): Promise<string | null> => (await list()).find(({ id }) => !before.has(id))?.id ?? null;
  try {
    const { value, found } = await createOnce(work, {
      what: `take a snapshot of volume ${name}`,
      create: async () => (await api.volumes.createSnapshot(names.app, volumeId)) ?? '',
      find: findNew,
      unique: false,
    });
    // The answer is loosely typed: the list knows the id in any case.
    const isNew = value === '' ? ({ id }: WireSnapshot) => !before.has(id) : ({ id }: WireSnapshot) => id === value;
    const id = (await awaitWritten(work, payload, list, isNew)) ?? value;
    const left = { id, name };
    return found
      ? skipped('snapshot.create', `found ${id} after a lost answer`, left)
      : applied('snapshot.create', left);
  } catch (error) {
    if (!hasCode(error, 'FLY_PRECONDITION', 'FLY_CONFLICT')) throw error;
    const running = (await list()).find((one) => stateOf(one, name) === 'pending');
    if (running === undefined) throw error;
    await awaitWritten(work, payload, list, ({ id }) => id === running.id);
    return skipped('snapshot.create', 'one was being written already', { id: running.id, name });
  }
};

/** Waits until a snapshot is written, unless the caller detaches. Returns its id; `null` while the list does not show it. */
async function awaitWritten(
  { context, machineWork }: ApplyWork,
  { name }: PayloadOf<'snapshot.create'>,
  list: () => Promise<WireSnapshot[]>,
  isIt: (snapshot: WireSnapshot) => boolean,
): Promise<string | null> {
  const { clock, signal, detach } = context;
  const deadline = clock.now() + timing.snapshotMs;
  for (;;) {
    const snapshot = (await list()).find(isIt);
    const id = snapshot?.id ?? null;
    const state = snapshot === undefined ? 'pending' : stateOf(snapshot, name);
    if (state === 'failed') throw notWritten(id ?? '', name);
    if (state === 'ready' || detach) return id;
    if (clock.now() >= deadline) throw stillWriting(id, name);
    machineWork.progress(`waiting until Fly has written the snapshot of volume ${name}`);
    await clock.sleep(timing.snapshotPauseMs, signal);
  }
}

const stateOf = (snapshot: WireSnapshot, volume: string) => toVolumeSnapshot(snapshot, volume).state;

function notWritten(id: string, volume: string): Error {
  return flyError({
    code: 'FLY_SNAPSHOT_UNUSABLE',
    kind: 'refused',
    message: `Fly has failed to write snapshot ${id} of volume ${volume}: nothing can be restored from it.`,
    hint: 'Run the same command again: it takes another one.',
    details: { snapshot: id },
  });
}

function stillWriting(id: string | null, volume: string): Error {
  const minutes = timing.snapshotMs / 60_000;
  return flyError({
    code: 'FLY_STATE_TIMEOUT',
    kind: 'incomplete',
    retryable: true,
    message: `The snapshot of volume ${volume} was not written within ${minutes} min${id === null ? ', and Fly does not list it' : ` (${id})`}.`,
    hint: 'Fly may still get there: `sindri volume snapshots` shows it. Do not rely on it before it is ready there.',
    details: { snapshot: id, state: 'pending' },
  });
}
