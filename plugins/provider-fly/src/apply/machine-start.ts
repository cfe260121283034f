import { SindriError } from '@sindri/core';
import { awaitUsable } from '../machine/await-usable.js';
import { newestEventMs } from '../machine/boot-watch.js';
import { requestStart } from '../machine/start.js';
import { runAddresses } from './addresses.js';
import { applied, skipped, type Apply } from './room.js';

/** Starts a machine that rests, and waits until it is usable, unless the caller detaches. */
export const applyMachineStart: Apply<'machine.start'> = async (room, { machineId, name }) => {
  const { api, names, scene } = room;
  const machine = { id: machineId, name };
  const before = await api.machines.get(names.app, machineId);
  if (before === null || before.state === 'destroyed') throw gone(name);
  const wasUp = before.state === 'started';
  if (!wasUp && before.state !== 'starting') await requestStart(scene, machine);
  if (!room.context.detach) {
    await awaitUsable(scene, { machine, sinceMs: newestEventMs(before) }, runAddresses(room, before.config));
  }
  const result = { id: machineId, name };
  return wasUp ? skipped('machine.start', 'it is started already', result) : applied('machine.start', result);
};

function gone(name: string): SindriError {
  return new SindriError({
    code: 'FLY_MACHINE_CHANGED',
    kind: 'incomplete',
    retryable: true,
    message: `Machine ${name} is gone, although the plan was to start it.`,
    hint: 'Run the same command again: it plans anew from what is there now.',
  });
}
