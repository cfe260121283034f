import { isSindriError } from '@sindri/core';
import { hasCode } from '../api/errors.js';
import type { FlyApi } from '../api/client.js';
import { isLivingVolume } from '../planner/index.js';
import { timing } from '../machine/timing.js';
import { applied } from './results.js';
import type { Apply, ApplyWork } from './work.js';

/** Removes what earlier builds have left. */
export const applyBuildClean: Apply<'build.clean'> = async (work, { machines, volumes }) => {
  await removeBuild(work, { machines: machines.map(({ id }) => id), volumes });
  return applied('build.clean', { machines: machines.map(({ id }) => id), volumes });
};

/** What was only there for a build. */
export interface BuildRemains {
  machines: readonly string[];
  volumes: readonly string[];
}

/**
 * Deletes machines, then volumes, and sees to it that they are gone. Right after its machine a volume may count as taken for minutes: after
 * a cancel nobody waits for that. Tells what it could not remove, and rejects with why.
 */
export async function removeBuild(work: ApplyWork, { machines, volumes }: BuildRemains): Promise<void> {
  const { context, names } = work;
  const isOver = context.signal.aborted;
  const limit = AbortSignal.timeout(timing.buildCleanupMs);
  const signal = isOver ? limit : context.signal;
  const api = isOver ? work.api.withSignal(limit) : work.api;
  try {
    for (const machine of machines) await api.machines.delete(names.app, machine);
    for (const volume of volumes) await deleteVolume(api, work, volume, signal);
  } catch (error) {
    const why = isSindriError(error) ? error.message : String(error);
    context.emit({
      type: 'notice',
      level: 'warning',
      code: 'FLY_BUILD_LEFT',
      message: `Not all of the build could be deleted (${why}). The next deploy or destroy deletes: ${[...machines, ...volumes].join(', ')}.`,
    });
    throw error;
  }
}

async function deleteVolume(
  api: FlyApi,
  { context, names }: ApplyWork,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = context;
  const deadline = clock.now() + timing.volumeFreeMs;
  for (;;) {
    try {
      const { existed } = await api.volumes.delete(names.app, id);
      if (!existed) return;
      const left = await api.volumes.get(names.app, id);
      if (left === null || !isLivingVolume(left)) return;
    } catch (error) {
      const passing = hasCode(error, 'FLY_VOLUME_ATTACHED', 'FLY_PRECONDITION', 'FLY_CONFLICT');
      if (!passing || clock.now() >= deadline) throw error;
    }
    await clock.sleep(PAUSE_MS, signal);
  }
}

const PAUSE_MS = 1_000;
