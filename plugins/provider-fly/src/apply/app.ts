import { SindriError } from '@sindri/core';
import { FlyApiError, hasCode } from '../api/errors.js';
import type { WireApp } from '../api/types.js';
import { creationRecords } from '../creation-record.js';
import { timing } from '../machine/timing.js';
import {
  appNotOurs,
  evidenceOf,
  contentsOf,
  isLivingVolume,
  isMarked,
  openObservation,
  toMachineData,
} from '../planner/index.js';
import { organizationHint, organizationUnknown } from '../organization-unknown.js';
import { absentResources, appNameTaken, observeFly } from '../observe.js';
import { createOnce } from './create-once.js';
import { forgetCreation } from './mark.js';
import { applied, skipped } from './results.js';
import { seenApp } from './seen.js';
import type { Apply, ApplyWork } from './work.js';
import { flyError } from '../fly-error.js';

const PAUSE_MS = 500;
/** What is made at once in a new app: two addresses and a volume. */
const PARALLEL_CREATES = 3;

/**
 * Creates the app. Names are unique over all of Fly: "taken" may mean that an earlier run of ours was faster than its answer,
 * that another deploy of this environment runs right now, or that somebody else has the name.
 *
 * That this computer has asked is written down before the request, and stays until the app carries our mark. It proves something
 * only while the outcome of a request is open: an app that was there before the first one is not ours.
 */
export const applyAppCreate: Apply<'app.create'> = async (work, { name, organization }) => {
  const { api, context } = work;
  const records = creationRecords(context);
  let mayBeOurs = (await records.read(name)) !== null;
  if (!mayBeOurs) {
    await records.write(name, { organization, launchId: context.launchId, askedAt: context.clock.now() });
  }
  // Addresses and volume follow together, beside what is open already.
  api.warmUp(PARALLEL_CREATES - 1);
  const { value, found } = await createOnce<WireApp>(work, {
    what: `create app ${name}`,
    async create() {
      try {
        await api.apps.create({ app: name, organization });
      } catch (error) {
        mayBeOurs ||= error instanceof FlyApiError && error.outcomeUnknown;
        throw error;
      }
      return { name, organization: { slug: organization } };
    },
    async find() {
      const app = await findOwnApp(work, name);
      if (app === null || mayBeOurs) return app;
      await records.delete(name);
      await awaitOwnership(work, name);
      return app;
    },
    conflicts: ['FLY_APP_NAME_TAKEN'],
    unique: true,
  }).catch(async (error: unknown) => {
    // Refused for certain: what is ever found under this name is not from here.
    if (!mayBeOurs && error instanceof FlyApiError) await records.delete(name);
    if (hasCode(error, 'FLY_NOT_FOUND')) {
      const { code, kind, details } = error;
      throw new SindriError({
        code,
        kind,
        message: organizationUnknown(organization),
        hint: organizationHint,
        details,
      });
    }
    throw error;
  });
  const left = { name, organization: value.organization?.slug ?? organization };
  return found
    ? skipped('app.create', 'it exists already', left)
    : { ...applied('app.create', left), seen: seenApp(value) };
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
 * The app was there before we asked for it, since the plan was made. Another deploy of this environment marks it with its next
 * request; if nobody does, it is somebody else's. Throws `FLY_APP_NOT_OURS`.
 */
async function awaitOwnership(work: ApplyWork, name: string): Promise<void> {
  const { api, context } = work;
  const deadline = context.clock.now() + timing.markMs;
  work.machineWork.progress(
    `app ${name} has just been made by somebody else; looking whether it is for this environment`,
  );
  for (;;) {
    const seen = openObservation(
      context.spec,
      await observeFly(api, context.spec, context, { purpose: 'plan', identities: [] }),
    );
    // What this run has written down itself is no proof here.
    const observed = { ...seen, facts: { ...seen.facts, askedForHere: false } };
    if (evidenceOf(observed) !== null) return;
    if (context.clock.now() >= deadline) throw appNotOurs(name, contentsOf(observed), 'deploy');
    await context.clock.sleep(PAUSE_MS, context.signal);
  }
}

/**
 * Deletes the app and makes sure that it is gone. What is still in it must be ours: force would take everything along, also
 * what somebody has put there since the plan was made.
 */
export const applyAppDelete: Apply<'app.delete'> = async (work, { name }) => {
  const { api, context } = work;
  if (!(await deleteGently(work, name))) {
    await forgetCreation(work);
    return skipped('app.delete', 'it is gone already', { name });
  }
  const deadline = context.clock.now() + timing.goneMs;
  while ((await api.apps.get(name)) !== null) {
    if (context.clock.now() >= deadline) throw stillThere(name);
    await context.clock.sleep(PAUSE_MS, context.signal);
  }
  await forgetCreation(work);
  return { ...applied('app.delete', { name }), seen: absentResources(work.names) };
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
  throw flyError({
    code: 'FLY_APP_NOT_EMPTY',
    kind: 'refused',
    message: `App ${name} still holds what is not ours to delete: ${foreign.join(', ')}.`,
    hint: 'Remove it by other means first, or keep the app.',
    details: { app: name, foreign },
  });
}

function stillThere(name: string): SindriError {
  return flyError({
    code: 'FLY_STATE_TIMEOUT',
    kind: 'incomplete',
    retryable: true,
    message: `Fly accepted the deletion of app ${name}, but it is still there.`,
    hint: 'Run the same command again in a minute.',
    details: { app: name },
  });
}
