import { SindriError } from '@sindri/core';
import { hasCode } from '../api/errors.js';
import { isLivingVolume, isMarked, toMachineData } from '../mapping/index.js';
import { timing } from '../machine/timing.js';
import { applied, skipped, type Apply, type ApplyRoom } from './room.js';

const PAUSE_MS = 500;

/**
 * Deletes the app and makes sure that it is gone. What is still in it must be ours: force would take everything along, also
 * what somebody has put there since the plan was made.
 */
export const applyAppDelete: Apply<'app.delete'> = async (room, { name }) => {
  const { api, context } = room;
  if (!(await deleteGently(room, name))) return skipped('app.delete', 'it is gone already', { name });
  const deadline = context.clock.now() + timing.goneMs;
  while ((await api.apps.get(name)) !== null) {
    if (context.clock.now() >= deadline) throw stillThere(name);
    await context.clock.sleep(PAUSE_MS, context.signal);
  }
  return applied('app.delete', { name });
};

/** `false` when there was no app. */
async function deleteGently(room: ApplyRoom, name: string): Promise<boolean> {
  try {
    return await room.api.apps.delete(name, { force: false });
  } catch (error) {
    if (!hasCode(error, 'FLY_PRECONDITION', 'FLY_CONFLICT', 'FLY_REQUEST_REFUSED', 'FLY_MACHINE_BUSY')) throw error;
    await refuseForeignThings(room, name);
    return room.api.apps.delete(name, { force: true });
  }
}

async function refuseForeignThings({ api, context }: ApplyRoom, name: string): Promise<void> {
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
