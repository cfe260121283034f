import { awaitState } from '../machine/await-state.js';
import { awaitUsable } from '../machine/await-usable.js';
import { whenUnleased } from '../machine/held-lease.js';
import { rememberedMachine } from '../machine/remembered-machine.js';
import { timing } from '../machine/timing.js';
import { destinationAfterRun } from './ip.js';
import { stopGently } from './machine-delete.js';
import { applied, resultsOf, skipped } from './results.js';
import { forgetRestore } from './volume-restore.js';
import type { Apply, ApplyWork } from './work.js';

/**
 * Deletes a machine whose place another one has taken, and then waits until people can use that one: before, an answer might be the old
 * one's. A machine whose host is lost is destroyed by Fly when that is back, and nothing waits for it.
 */
export const applyMachineRetire: Apply<'machine.retire'> = async (work, { machineId, name, successorId, starts }) => {
  const { context } = work;
  const successor = successorId ?? resultsOf(work, 'machine.replace')[0]?.id ?? '';
  const wasThere = await remove(work, { id: machineId, name });
  await rememberedMachine(context, work.notes).write(successor);
  if (starts && !context.detach) await awaitSuccessor(work, successor);
  await forgetRestore(work);
  const left = { id: machineId, name };
  return wasThere ? applied('machine.retire', left) : skipped('machine.retire', 'it is gone already', left);
};

async function remove(work: ApplyWork, machine: { id: string; name: string }): Promise<boolean> {
  const { api, names, machineWork } = work;
  const before = await api.machines.get(names.app, machine.id);
  if (before === null || before.state === 'destroyed') return false;
  const isReachable = before.host_status === undefined || before.host_status === null || before.host_status === 'ok';
  // What it has in memory belongs on its volume, which stays.
  if (before.state === 'started' && isReachable) await stopGently(work, machine);
  const existed = await whenUnleased(machineWork, machine, () => api.machines.delete(names.app, machine.id));
  if (existed && isReachable) await awaitState(machineWork, { machine, state: 'destroyed', timeoutMs: timing.goneMs });
  return existed;
}

async function awaitSuccessor(work: ApplyWork, id: string): Promise<void> {
  const machine = await work.api.machines.get(work.names.app, id);
  if (machine === null) return;
  await awaitUsable(work.machineWork, { machine, sinceMs: -1 }, destinationAfterRun(work, machine.config));
}
