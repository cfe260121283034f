import type { SindriError } from '@sindri/core';
import { FlyApiError, hasCode } from '../api/errors.js';
import { metadataOf, versionOf } from '../api/machines.js';
import type { WireMachine, WireMachineConfig } from '../api/types.js';
import { awaitState } from '../machine/await-state.js';
import { awaitUsable } from '../machine/await-usable.js';
import { findOwnNonce, keepCreatedLease, releaseUnknownLease } from '../machine/held-lease.js';
import { rememberedMachine } from '../machine/remembered-machine.js';
import { timing } from '../machine/timing.js';
import { metadataKeys } from '../model.js';
import { newVolumeRecords } from '../new-volume-record.js';
import { createOnce, whenImageIsKnown } from './create-once.js';
import { joinOtherDeploy } from './join-other-deploy.js';
import { destinationAfterRun } from './ip.js';
import { finishConfig } from './machine-config.js';
import { isUnusedVolume, withoutRoom } from './no-room.js';
import { applied, type Applied } from './results.js';
import { seenMachine } from './seen.js';
import { secretsOutcome } from './secrets.js';
import { volumeIdFor } from './volume.js';
import type { Apply, ApplyWork, PayloadOf } from './work.js';
import { flyError } from '../fly-error.js';

const GONE = new Set(['destroying', 'destroyed']);
const MAX_NAME_TRIES = 5;

/**
 * Creates the machine, waits until it is usable (unless the caller detaches), and only then says so. The unique name is the lock between two deploys of
 * one environment: who comes second finds the machine, waits for the first one's lease to end, and uses what is there.
 */
export const applyMachineCreate: Apply<'machine.create'> = async (work, payload) => {
  const volumeId = volumeIdFor(work, payload.volumeName);
  if (payload.volumeName !== null && volumeId === undefined) throw noVolume(payload.volumeName);
  const config = finishConfig(work, payload.config, { volumeId });

  const machine = await createOrFind(work, payload, config);
  return isOfThisRun(work, machine) ? bringUp(work, machine, config) : joinOtherDeploy(work, machine, config);
};

async function createOrFind(
  work: ApplyWork,
  payload: PayloadOf<'machine.create'>,
  config: WireMachineConfig,
): Promise<WireMachine> {
  const volumeId = config.mounts?.[0]?.volume;
  const isUnused = volumeId !== undefined && (await isUnusedVolume(work, volumeId));
  // From here on a machine may have it.
  await newVolumeRecords(work.context).delete(work.notes);
  try {
    const { value } = await createOnce(work, {
      what: `create machine ${payload.name}`,
      create: () => whenImageIsKnown(work, config, () => create(work, payload, config)),
      find: () => findByName(work, payload.name),
      // A full host and a volume that is attached already may both mean that the other deploy was faster.
      conflicts: ['FLY_VOLUME_ATTACHED', 'FLY_NO_CAPACITY', 'FLY_PRECONDITION'],
      unique: true,
    });
    return value;
  } catch (error) {
    if (work.context.signal.aborted) await releaseAfterCancel(work, payload.name);
    if (error instanceof FlyApiError && hasCode(error, 'FLY_NO_CAPACITY', 'FLY_QUOTA', 'FLY_GPU_REFUSED')) {
      throw await withoutRoom(work, error, volumeId, isUnused);
    }
    throw error;
  }
}

/** The machine may have been born, with a lease, although nobody waits for it any more. */
async function releaseAfterCancel(work: ApplyWork, name: string): Promise<void> {
  const api = work.api.withSignal(AbortSignal.timeout(timing.cleanupMs));
  const machine = await findByName({ ...work, api }, name).catch(() => null);
  if (machine !== null && isOfThisRun(work, machine)) {
    await releaseUnknownLease(work.machineWork, machine, { born: true });
  }
}

function isOfThisRun({ context }: ApplyWork, machine: WireMachine): boolean {
  return metadataOf(machine)[metadataKeys.launchId] === context.launchId;
}

async function create(
  work: ApplyWork,
  { name, region }: PayloadOf<'machine.create'>,
  config: WireMachineConfig,
): Promise<WireMachine> {
  const { api, context, names, machineWork } = work;
  const began = context.clock.now();
  for (let attempt = 1; ; attempt++) {
    try {
      return await api.machines.create(names.app, {
        name,
        region,
        config,
        leaseTtlSeconds: timing.leaseTtlSeconds,
        minSecretsVersion: secretsOutcome(work).version,
      });
    } catch (error) {
      if (hasCode(error, 'FLY_VOLUME_ATTACHED') && (await isFreedSoon(work, error, began))) continue;
      // The refusal names the machine; a list might not show it yet.
      const id = hasCode(error, 'FLY_MACHINE_NAME_TAKEN') ? error.details.machineId : null;
      const existing = typeof id === 'string' ? await api.machines.get(names.app, id) : null;
      if (existing === null || attempt >= MAX_NAME_TRIES) throw error;
      if (!GONE.has(existing.state)) return existing;
      // A name is free again once its last bearer is gone.
      await awaitState(machineWork, { machine: existing, state: 'destroyed', timeoutMs: timing.goneMs });
      await context.clock.sleep(timing.busyRetryMs, context.signal);
    }
  }
}

/**
 * Whether the volume only seems to be taken: right after its machine was destroyed Fly still counts it as that one's, and names no
 * machine at all (NUL bytes) or one that is gone. Then it is worth another try, after a pause.
 */
async function isFreedSoon(
  { api, context, names, machineWork }: ApplyWork,
  error: FlyApiError,
  began: number,
): Promise<boolean> {
  const { clock, signal } = context;
  if (clock.now() >= began + timing.volumeFreeMs) return false;
  const holder = error.details.machineId;
  if (typeof holder === 'string') {
    const machine = await api.machines.get(names.app, holder);
    if (machine === null || !GONE.has(machine.state)) return false;
  } else if (error.details.released !== true) return false;
  machineWork.progress('waiting for the volume: Fly still counts it as that of a machine that was just destroyed');
  await clock.sleep(timing.volumePauseMs, signal);
  return true;
}

async function findByName({ api, names }: ApplyWork, name: string): Promise<WireMachine | null> {
  const machines = await api.machines.list(names.app);
  return machines.find((machine) => machine.name === name && !GONE.has(machine.state)) ?? null;
}

async function bringUp(work: ApplyWork, machine: WireMachine, config: WireMachineConfig): Promise<Applied> {
  const { machineWork } = work;
  await rememberedMachine(work.context, work.notes).write(machine.id);
  // After a lost answer the nonce is asked for; the lease may have run out by then, which does no harm.
  const nonce = machine.nonce ?? (await findOwnNonce(machineWork, machine));
  const lease = nonce === null ? null : keepCreatedLease(machineWork, machine, nonce);
  try {
    const { id, name } = machine;
    const watch = {
      machine: { id, name },
      sinceMs: -1,
      version: versionOf(machine),
      launches: true,
      isBegun: true,
      ...(nonce === null ? {} : { nonce }),
    };
    const seen = work.context.detach ? null : await awaitUsable(machineWork, watch, destinationAfterRun(work, config));
    const left = { id, name, region: machine.region, instanceId: versionOf(machine) };
    return { ...applied('machine.create', left), seen: seenMachine(work, seen) };
  } finally {
    await lease?.release();
  }
}

function noVolume(name: string): SindriError {
  return flyError({
    code: 'FLY_VOLUME_UNKNOWN',
    kind: 'incomplete',
    message: `The volume ${name} for the machine is neither there nor made in this run.`,
    hint: 'Run the same command again: it plans anew.',
  });
}
