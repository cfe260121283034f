import type { SindriError } from '@sindri/core';
import type { WireMachine } from '../api/types.js';
import { awaitSettled } from '../machine/await-state.js';
import { awaitUsable } from '../machine/await-usable.js';
import { newestEventMs } from '../machine/boot-watch.js';
import { requestStart } from '../machine/start.js';
import { destinationAfterRun } from './ip.js';
import { applied, skipped } from './results.js';
import { seenMachine } from './seen.js';
import type { Apply } from './work.js';
import { flyError } from '../fly-error.js';

/**
 * Starts a machine that rests or that an interrupted update has left, once that has settled, and waits until it is usable. A caller
 * that detaches waits for the settling alone: before it Fly accepts no start.
 */
export const applyMachineStart: Apply<'machine.start'> = async (work, { machineId, name }) => {
  const { api, names, machineWork } = work;
  const machine = { id: machineId, name };
  const before = await api.machines.get(names.app, machineId);
  if (before === null || before.state === 'destroyed') throw gone(name);
  const wasUp = before.state === 'started';
  let seen: WireMachine | null = null;
  if (!work.context.detach) {
    seen = await awaitUsable(
      machineWork,
      { machine, sinceMs: newestEventMs(before) },
      destinationAfterRun(work, before.config),
    );
  } else if (!wasUp) {
    await awaitSettled(machineWork, machine);
    await requestStart(machineWork, machine);
  }
  const result = { id: machineId, name };
  const outcome = wasUp ? skipped('machine.start', 'it is started already', result) : applied('machine.start', result);
  return { ...outcome, seen: seenMachine(work, seen) };
};

function gone(name: string): SindriError {
  return flyError({
    code: 'FLY_MACHINE_CHANGED',
    kind: 'incomplete',
    retryable: true,
    message: `Machine ${name} is gone, although the plan was to start it.`,
    hint: 'Run the same command again: it plans anew from what is there now.',
  });
}
