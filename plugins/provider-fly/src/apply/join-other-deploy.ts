import { type SindriError, isSindriError } from '@sindri/core';
import { versionOf } from '../api/machines.js';
import type { WireMachine, WireMachineConfig } from '../api/types.js';
import { awaitUsable } from '../machine/await-usable.js';
import { awaitLeaseEnd, takeLease } from '../machine/held-lease.js';
import { toIpsData } from '../planner/index.js';
import { liveDestination } from './ip.js';
import { isSameDeploy } from './machine-config.js';
import { resultsOf, skipped, type Applied } from './results.js';
import type { ApplyWork } from './work.js';
import { flyError } from '../fly-error.js';

/**
 * Another deploy has made the machine. Waits until it is done, removes what this run made for nothing, and takes over the
 * result when it is what we wanted, too. Throws `FLY_LEASE_HELD` after the lock timeout and `FLY_MACHINE_CHANGED` when the
 * other deploy wanted something else or gave up.
 */
export async function joinOtherDeploy(
  work: ApplyWork,
  found: WireMachine,
  wanted: WireMachineConfig,
): Promise<Applied> {
  const { api, context, names, machineWork } = work;
  const { id, name } = found;
  await removeOwnVolumes(work, found);
  const holder = await awaitLeaseEnd(machineWork, found, context.clock.now() + context.lockTimeoutMs);
  const machine = await api.machines.get(names.app, id);
  if (machine === null || machine.state === 'destroyed' || machine.state === 'destroying') {
    throw changed(name, 'it has been removed again');
  }
  await removeOwnAddresses(work, machine);

  if (!isSameDeploy(machine, wanted)) throw changed(name, 'it wants something else than this one');
  const by = holder ?? 'another run';
  // Asleep by now is as good as usable: the next connection wakes it.
  if (!context.detach && machine.state !== 'stopped' && machine.state !== 'suspended') {
    await awaitUsable(machineWork, { machine: { id, name }, sinceMs: -1 }, await liveDestination(work, machine.config));
  }
  return skipped('machine.create', `made by ${by}`, {
    id,
    name,
    region: machine.region,
    instanceId: versionOf(machine),
  });
}

/**
 * Deletes the volume that this run made and that the winner does not use: only one whose creation this run has seen itself,
 * and only while it is free. What cannot be removed is told, never fatal.
 */
async function removeOwnVolumes(work: ApplyWork, winner: WireMachine): Promise<void> {
  const used = new Set((winner.config?.mounts ?? []).map(({ volume }) => volume));
  for (const { made, id } of resultsOf(work, 'volume.create')) {
    if (!made || used.has(id)) continue;
    await tellFailure(work, `volume ${id}`, async () => {
      const volume = await work.api.volumes.get(work.names.app, id);
      if (volume !== null && !volume.attached_machine_id) await work.api.volumes.delete(work.names.app, id);
    });
  }
}

/**
 * Releases the addresses that this run allocated where there is another one of the same type. Under the machine's lease:
 * two losers that look at the same time would each give up theirs because of the other's.
 */
async function removeOwnAddresses(work: ApplyWork, winner: WireMachine): Promise<void> {
  const own = resultsOf(work, 'ip.create').filter(({ made }) => made);
  if (own.length === 0) return;
  await tellFailure(work, `the addresses ${own.map(({ ip }) => ip).join(', ')}`, async () => {
    const lease = await takeLease(work.machineWork, winner);
    try {
      const { items } = toIpsData(await work.api.ips.list(work.names.app));
      for (const { ip, type } of own) {
        const another = items.some((item) => item.type === type && item.ip !== ip);
        if (another) await work.api.ips.delete(work.names.app, ip);
      }
    } finally {
      await lease.release();
    }
  });
}

async function tellFailure(work: ApplyWork, what: string, remove: () => Promise<void>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    work.context.signal.throwIfAborted();
    if (!isSindriError(error)) throw error;
    work.context.emit({
      type: 'notice',
      level: 'warning',
      code: 'FLY_LEFTOVER',
      message: `Another deploy was faster, and ${what} could not be removed: ${error.message}`,
    });
  }
}

function changed(name: string, why: string): SindriError {
  return flyError({
    code: 'FLY_MACHINE_CHANGED',
    kind: 'incomplete',
    retryable: true,
    message: `Another deploy was working on machine ${name} at the same time, and ${why}.`,
    hint: 'Run the same command again: it plans anew from what is there now.',
    details: { machine: name },
  });
}
