import { SindriError, type ApplyResult } from '@sindri/core';
import { hasCode } from '../api/errors.js';
import { metadataOf, versionOf } from '../api/machines.js';
import type { WireMachine, WireMachineConfig } from '../api/types.js';
import { awaitState } from '../machine/await-state.js';
import { awaitUsable } from '../machine/await-usable.js';
import { findOwnNonce, keepCreatedLease, releaseUnknownLease } from '../machine/held-lease.js';
import { timing } from '../machine/timing.js';
import { metadataKeys } from '../model.js';
import { runAddresses } from './addresses.js';
import { createOnce } from './create-once.js';
import { joinOtherDeploy } from './join-other-deploy.js';
import { finishConfig, secretsOutcome, volumeIdFor } from './machine-config.js';
import { applied, type Apply, type ApplyRoom, type PayloadOf } from './room.js';

const GONE = new Set(['destroying', 'destroyed']);
const MAX_NAME_TRIES = 5;

/**
 * Creates the machine, waits until it is usable (unless the caller detaches), and only then says so. The unique name is the lock between two deploys of
 * one environment: who comes second finds the machine, waits for the first one's lease to end, and uses what is there.
 */
export const applyMachineCreate: Apply<'machine.create'> = async (room, payload) => {
  const volumeId = volumeIdFor(room, payload.volumeName);
  if (payload.volumeName !== null && volumeId === undefined) throw noVolume(payload.volumeName);
  const config = finishConfig(room, payload.config, { volumeId });

  const machine = await createOrFind(room, payload, config);
  return isOfThisRun(room, machine) ? bringUp(room, machine, config) : joinOtherDeploy(room, machine, config);
};

async function createOrFind(
  room: ApplyRoom,
  payload: PayloadOf<'machine.create'>,
  config: WireMachineConfig,
): Promise<WireMachine> {
  try {
    const { value } = await createOnce(room, {
      what: `create machine ${payload.name}`,
      create: () => create(room, payload, config),
      find: () => findByName(room, payload.name),
      // A full host and a volume that is attached already may both mean that the other deploy was faster.
      conflicts: ['FLY_VOLUME_ATTACHED', 'FLY_NO_CAPACITY', 'FLY_PRECONDITION'],
      unique: true,
    });
    return value;
  } catch (error) {
    if (room.context.signal.aborted) await releaseAfterCancel(room, payload.name);
    throw error;
  }
}

/** The machine may have been born, with a lease, although nobody waits for it any more. */
async function releaseAfterCancel(room: ApplyRoom, name: string): Promise<void> {
  const api = room.api.withSignal(AbortSignal.timeout(timing.cleanupMs));
  const machine = await findByName({ ...room, api }, name).catch(() => null);
  if (machine !== null && isOfThisRun(room, machine)) await releaseUnknownLease(room.scene, machine);
}

function isOfThisRun({ context }: ApplyRoom, machine: WireMachine): boolean {
  return metadataOf(machine)[metadataKeys.launchId] === context.launchId;
}

async function create(
  room: ApplyRoom,
  { name, region }: PayloadOf<'machine.create'>,
  config: WireMachineConfig,
): Promise<WireMachine> {
  const { api, context, names, scene } = room;
  for (let attempt = 1; ; attempt++) {
    try {
      return await api.machines.create(names.app, {
        name,
        region,
        config,
        leaseTtlSeconds: timing.leaseTtlSeconds,
        minSecretsVersion: secretsOutcome(room).version,
      });
    } catch (error) {
      // The refusal names the machine; a list might not show it yet.
      const id = hasCode(error, 'FLY_MACHINE_NAME_TAKEN') ? error.details.machineId : null;
      const existing = typeof id === 'string' ? await api.machines.get(names.app, id) : null;
      if (existing === null || attempt >= MAX_NAME_TRIES) throw error;
      if (!GONE.has(existing.state)) return existing;
      // A name is free again once its last bearer is gone.
      await awaitState(scene, { machine: existing, state: 'destroyed', timeoutMs: timing.goneMs });
      await context.clock.sleep(timing.busyRetryMs, context.signal);
    }
  }
}

async function findByName({ api, names }: ApplyRoom, name: string): Promise<WireMachine | null> {
  const machines = await api.machines.list(names.app);
  return machines.find((machine) => machine.name === name && !GONE.has(machine.state)) ?? null;
}

async function bringUp(room: ApplyRoom, machine: WireMachine, config: WireMachineConfig): Promise<ApplyResult> {
  const { scene } = room;
  // After a lost answer the nonce is asked for; the lease may have run out by then, which does no harm.
  const nonce = machine.nonce ?? (await findOwnNonce(scene, machine));
  const lease = nonce === null ? null : keepCreatedLease(scene, machine, nonce);
  try {
    const { id, name } = machine;
    const watch = { machine: { id, name }, sinceMs: -1, version: versionOf(machine) };
    if (!room.context.detach) await awaitUsable(scene, watch, runAddresses(room, config));
  } finally {
    await lease?.release();
  }
  return applied('machine.create', {
    id: machine.id,
    name: machine.name,
    region: machine.region,
    instanceId: versionOf(machine),
  });
}

function noVolume(name: string): SindriError {
  return new SindriError({
    code: 'FLY_VOLUME_UNKNOWN',
    kind: 'incomplete',
    message: `The volume ${name} for the machine is neither there nor made in this run.`,
    hint: 'Run the same command again: it plans anew.',
  });
}
