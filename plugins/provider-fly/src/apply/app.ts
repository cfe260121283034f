import { SindriError } from '@sindri/core';
import { hasCode } from '../api/errors.js';
import type { WireApp } from '../api/types.js';
import { timing } from '../machine/timing.js';
import { isLivingVolume, isMarked, toMachineData } from '../planner/index.js';
import { appNameTaken } from '../observe.js';
import { createOnce } from './create-once.js';
import { applied, skipped } from './results.js';
import type { Apply, ApplyWork } from './work.js';

const PAUSE_MS = 500;

/**
 * Creates the app. Names are unique over all of Fly: "taken" may mean that an earlier run of ours was faster than its answer,
 * that another deploy of this environment runs right now, or that somebody else has the name.
 */
export const applyAppCreate: Apply<'app.create'> = async (work, { name, organization }) => {
  const { api } = work;
  const { value, found } = await createOnce<WireApp>(work, {
    what: `create app ${name}`,
    async create() {
      await api.apps.create({ app: name, organization });
      return { name, organization: { slug: organization } };
    },
    find: () => findOwnApp(work, name),
    conflicts: ['FLY_APP_NAME_TAKEN'],
    unique: true,
  });
  const left = { name, organization: value.organization?.slug ?? organization };
  return found ? skipped('app.create', 'it exists already', left) : applied('app.create', left);
};

/** The app if this token can use it. Throws `FLY_APP_NAME_TAKEN` when it is somebody else's. */
async function findOwnApp({ api }: ApplyWork, name: string): Promise<WireApp | null> {
  try {
    return await api.apps.get(name);
  } catch (error) {
    if (hasCode(error, 'FLY_FORBIDDEN')) throw appNameTaken(name, error);
    throw error;
  }
}

/**
 * Deletes the app and makes sure that it is gone. What is still in it must be ours: force would take everything along, also
 * what somebody has put there since the plan was made.
 */
export const applyAppDelete: Apply<'app.delete'> = async (work, { name }) => {
  const { api, context } = work;
  if (!(await deleteGently(work, name))) return skipped('app.delete', 'it is gone already', { name });
  const deadline = context.clock.now() + timing.goneMs;
  while ((await api.apps.get(name)) !== null) {
    if (context.clock.now() >= deadline) throw stillThere(name);
    await context.clock.sleep(PAUSE_MS, context.signal);
  }
  return applied('app.delete', { name });
};

/** `false` when there was no app. */
async function deleteGently(work: ApplyWork, name: string): Promise<boolean> {
  try {
    return await work.api.apps.delete(name, { force: false });
  } catch (error) {
    if (!hasCode(error, 'FLY_PRECONDITION', 'FLY_CONFLICT', 'FLY_REQUEST_REFUSED', 'FLY_MACHINE_BUSY')) throw error;
    await refuseForeignThings(work, name);
    return work.api.apps.delete(name, { force: true });
  }
}

async function refuseForeignThings({ api, context }: ApplyWork, name: string): Promise<void> {
  const [machines, volumes] = await Promise.all([api.machines.list(name), api.volumes.list(name)]);
  const foreign = [
    ...machines
      .map(toMachineData)
      .filter((machine) => machine.state !== 'destroyed' && !isMarked(machine, context.spec))
      .map((machine) => `machine ${machine.name}`),
    ...volumes.filter(isLivingVolume).map((volume) => `volume ${volume.name} (${volume.id})`),
  ];
  if (foreign.length === 0) return;
  throw new SindriError({
    code: 'FLY_APP_NOT_EMPTY',
    kind: 'refused',
    message: `App ${name} still holds what is not ours to delete: ${foreign.join(', ')}.`,
    hint: 'Remove it by other means first, or keep the app.',
    details: { app: name, foreign },
  });
}

function stillThere(name: string): SindriError {
  return new SindriError({
    code: 'FLY_STATE_TIMEOUT',
    kind: 'incomplete',
    retryable: true,
    message: `Fly accepted the deletion of app ${name}, but it is still there.`,
    hint: 'Run the same command again in a minute.',
    details: { app: name },
  });
}
