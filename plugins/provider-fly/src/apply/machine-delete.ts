import { isSindriError } from '@sindri/core';
import { awaitState } from '../machine/await-state.js';
import { whenUnleased } from '../machine/held-lease.js';
import { rememberedMachine } from '../machine/remembered-machine.js';
import type { MachineRef } from '../machine/work.js';
import { timing } from '../machine/timing.js';
import { keepMark } from './mark.js';
import { resourceIds } from '../model.js';
import { applied, skipped } from './results.js';
import { seenGone, type Seen } from './seen.js';
import type { Apply, ApplyWork } from './work.js';

/**
 * Destroys a machine and waits until it is gone. Where something of it stays it is stopped first, so that what it has in memory
 * reaches the volume.
 */
export const applyMachineDelete: Apply<'machine.delete'> = async (work, { machineId, name, atOnce }) => {
  const { api, names, machineWork } = work;
  const machine = { id: machineId, name };
  const gone = { ...skipped('machine.delete', 'it is gone already', machine), seen: seenWithout(work, machineId) };
  if (atOnce === true) {
    await keepMark(work);
  } else {
    const before = await api.machines.get(names.app, machineId);
    if (before === null || before.state === 'destroyed') return gone;
    await keepMark(work);
    if (before.state === 'started') await stopGently(work, machine);
  }
  if (!(await whenUnleased(machineWork, machine, () => api.machines.delete(names.app, machineId)))) return gone;
  await awaitState(machineWork, { machine, state: 'destroyed', timeoutMs: timing.goneMs });
  await rememberedMachine(work.context, work.notes).forget();
  return { ...applied('machine.delete', machine), seen: seenWithout(work, machineId) };
};

/** Nothing is told of an app in which another machine could take its place. */
function seenWithout({ context, names }: ApplyWork, machineId: string): Seen | undefined {
  const [name = ''] = names.machines;
  const { resources, facts } = context.observation;
  const seen = resources.find(({ id }) => id === resourceIds.machine(name))?.data;
  const isOnly = facts.foreignMachines.length === 0;
  return isOnly && seen?.kind === 'machine' && seen.id === machineId ? seenGone('machine', name) : undefined;
}

/** A machine that does not stop in time, or whose host does not answer, is destroyed all the same. */
export async function stopGently({ api, context, names, machineWork }: ApplyWork, machine: MachineRef): Promise<void> {
  try {
    await whenUnleased(machineWork, machine, () =>
      api.machines.stop(names.app, machine.id, { timeoutMs: timing.stopGraceMs }),
    );
    await awaitState(machineWork, { machine, state: 'stopped', timeoutMs: timing.stopGraceMs * 2 });
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isSindriError(error) || error.code === 'FLY_LEASE_HELD' || error.kind === 'auth') throw error;
  }
}
