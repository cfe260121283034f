import { hasCode } from '../api/errors.js';
import type { WireSnapshot } from '../api/types.js';
import { timing } from '../machine/timing.js';
import { toVolumeSnapshot } from '../planner/index.js';
import { createOnce } from './create-once.js';
import { applied, skipped } from './results.js';
import type { Apply } from './work.js';

/**
 * Takes a snapshot, and waits until Fly has written it. One that is being written already is of this moment, too. A lost answer is
 * looked up among those that were not there before.
 */
export const applySnapshotCreate: Apply<'snapshot.create'> = async (work, { volumeId, name }) => {
  const { api, context, names, machineWork } = work;
  const list = (): Promise<WireSnapshot[]> => api.volumes.snapshots(names.app, volumeId);
  const before = new Set((await list()).map(({ id }) => id));
  const findNew = async (): Promise<string | null> => (await list()).find(({ id }) => !before.has(id))?.id ?? null;
  const isPending = (snapshot: WireSnapshot): boolean => toVolumeSnapshot(snapshot, name).state === 'pending';
  let id: string | null;
  let found = false;
  try {
    const made = await createOnce(work, {
      what: `take a snapshot of volume ${name}`,
      create: async () => (await api.volumes.createSnapshot(names.app, volumeId)) ?? '',
      find: findNew,
      unique: false,
    });
    found = made.found;
    // The answer is loosely typed: the list knows the id in any case.
    id = made.value === '' ? await findNew() : made.value;
  } catch (error) {
    if (!hasCode(error, 'FLY_PRECONDITION', 'FLY_CONFLICT')) throw error;
    const running = (await list()).find(isPending);
    if (running === undefined) throw error;
    return skipped('snapshot.create', 'one is being written already', { id: running.id, name });
  }
  const deadline = context.clock.now() + (context.detach ? 0 : timing.snapshotMs);
  while (context.clock.now() < deadline) {
    const snapshot = (await list()).find((one) => one.id === id);
    if (snapshot !== undefined && !isPending(snapshot)) break;
    machineWork.progress(`waiting until Fly has written the snapshot of volume ${name}`);
    await context.clock.sleep(timing.snapshotPauseMs, context.signal);
  }
  const left = { id: id ?? '', name };
  return found
    ? skipped('snapshot.create', `found ${left.id} after a lost answer`, left)
    : applied('snapshot.create', left);
};
