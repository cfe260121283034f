import { isSindriError } from '@sindri/core';
import { awaitState } from '../machine/await-state.js';
import { whenUnleased } from '../machine/held-lease.js';
import type { MachineRef } from '../machine/work.js';
import { timing } from '../machine/timing.js';
import { keepMark } from './mark.js';
import { applied, skipped } from './results.js';
import type { Apply, ApplyWork } from './work.js';

/** Destroys a machine and waits until it is gone. It is stopped first, so that what it has in memory reaches the volume. */
export const applyMachineDelete: Apply<'machine.delete'> = async (work, { machineId, name }) => {
  const { api, names, machineWork } = work;
  const machine = { id: machineId, name };
  const before = await api.machines.get(names.app, machineId);
  if (before === null || before.state === 'destroyed') {
    return skipped('machine.delete', 'it is gone already', { id: machineId, name });
  }
  await keepMark(work);
  if (before.state === 'started') await stopGently(work, machine);
  await whenUnleased(machineWork, machine, () => api.machines.delete(names.app, machineId));
  await awaitState(machineWork, { machine, state: 'destroyed', timeoutMs: timing.goneMs });
  return applied('machine.delete', { id: machineId, name });
};

/** A machine that does not stop in time, or whose host does not answer, is destroyed all the same. */
async function stopGently({ api, context, names, machineWork }: ApplyWork, machine: MachineRef): Promise<void> {
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
