import { SindriError, isSindriError, type ApplyResult } from '@sindri/core';
import type { SshAddress } from '@sindri/ssh';
import type { WireMachine, WireMachineConfig } from '../api/types.js';
import { awaitUsable } from '../machine/await-usable.js';
import { awaitLeaseEnd, takeLease } from '../machine/held-lease.js';
import { hasServices, sshAddresses } from '../machine/ssh-addresses.js';
import { toIpsData } from '../mapping/index.js';
import { resultsOf, skipped, type ApplyRoom } from './room.js';
import { isSameDeploy } from './same-deploy.js';

/**
 * Another deploy has made the machine. Waits until it is done, removes what this run made for nothing, and takes over the
 * result when it is what we wanted, too. Throws `FLY_LEASE_HELD` after the lock timeout and `FLY_MACHINE_CHANGED` when the
 * other deploy wanted something else or gave up.
 */
export async function joinOtherDeploy(
  room: ApplyRoom,
  found: WireMachine,
  wanted: WireMachineConfig,
): Promise<ApplyResult> {
  const { api, context, names, scene } = room;
  const { id, name } = found;
  await removeOwnVolumes(room, found);
  const holder = await awaitLeaseEnd(scene, found, context.clock.now() + context.lockTimeoutMs);
  const machine = await api.machines.get(names.app, id);
  if (machine === null || machine.state === 'destroyed' || machine.state === 'destroying') {
    throw changed(name, 'it has been removed again');
  }
  await removeOwnAddresses(room, machine);

  if (!isSameDeploy(machine, wanted)) throw changed(name, 'it wants something else than this one');
  const by = holder ?? 'another run';
  if (!context.detach && (machine.state === 'started' || machine.state === 'starting')) {
    await awaitUsable(scene, { machine: { id, name }, sinceMs: -1 }, await liveAddresses(room, machine));
  }
  return skipped('machine.create', `made by ${by}`, { id, name, region: machine.region });
}

/**
 * Deletes the volume that this run made and that the winner does not use: only one whose creation this run has seen itself,
 * and only while it is free. What cannot be removed is told, never fatal.
 */
async function removeOwnVolumes(room: ApplyRoom, winner: WireMachine): Promise<void> {
  const used = new Set((winner.config?.mounts ?? []).map(({ volume }) => volume));
  for (const { made, id } of resultsOf(room, 'volume.create')) {
    if (made !== true || typeof id !== 'string' || used.has(id)) continue;
    await tellFailure(room, `volume ${id}`, async () => {
      const volume = await room.api.volumes.get(room.names.app, id);
      if (volume !== null && !volume.attached_machine_id) await room.api.volumes.delete(room.names.app, id);
    });
  }
}

/**
 * Releases the addresses that this run allocated where there is another one of the same type. Under the machine's lease:
 * two losers that look at the same time would each give up theirs because of the other's.
 */
async function removeOwnAddresses(room: ApplyRoom, winner: WireMachine): Promise<void> {
  const own = resultsOf(room, 'ip.create').filter(({ made }) => made === true);
  if (own.length === 0) return;
  await tellFailure(room, `the addresses ${own.map(({ ip }) => String(ip)).join(', ')}`, async () => {
    const lease = await takeLease(room.scene, winner);
    try {
      const { items } = toIpsData(await room.api.ips.list(room.names.app));
      for (const { ip, type } of own) {
        const another = items.some((item) => item.type === type && item.ip !== ip);
        if (another && typeof ip === 'string') await room.api.ips.delete(room.names.app, ip);
      }
    } finally {
      await lease.release();
    }
  });
}

/** Where SSH answers now. What this run knows of addresses is no longer true: it, or another loser, has released some. */
async function liveAddresses(room: ApplyRoom, { config }: WireMachine): Promise<SshAddress[] | null> {
  if (!hasServices(config)) return null;
  return sshAddresses(toIpsData(await room.api.ips.list(room.names.app)).items, room.names.sshPort);
}

async function tellFailure(room: ApplyRoom, what: string, remove: () => Promise<void>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    room.context.signal.throwIfAborted();
    if (!isSindriError(error)) throw error;
    room.context.emit({
      type: 'notice',
      level: 'warning',
      code: 'FLY_LEFTOVER',
      message: `Another deploy was faster, and ${what} could not be removed: ${error.message}`,
    });
  }
}

function changed(name: string, why: string): SindriError {
  return new SindriError({
    code: 'FLY_MACHINE_CHANGED',
    kind: 'incomplete',
    retryable: true,
    message: `Another deploy was working on machine ${name} at the same time, and ${why}.`,
    hint: 'Run the same command again: it plans anew from what is there now.',
    details: { machine: name },
  });
}
