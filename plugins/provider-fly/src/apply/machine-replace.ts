import { SindriError } from '@sindri/core';
import { FlyApiError, hasCode } from '../api/errors.js';
import { metadataOf, versionOf } from '../api/machines.js';
import type { WireMachine, WireMachineConfig } from '../api/types.js';
import { flyError } from '../fly-error.js';
import { awaitSettled } from '../machine/await-state.js';
import { awaitUsable } from '../machine/await-usable.js';
import { awaitLeaseEnd, findOwnNonce, keepCreatedLease } from '../machine/held-lease.js';
import { rememberedMachine } from '../machine/remembered-machine.js';
import { metadataKeys } from '../model.js';
import { createOnce } from './create-once.js';
import { finishConfig } from './machine-config.js';
import { applied, resultsOf, skipped } from './results.js';
import { forgetRestore } from './volume-restore.js';
import type { Apply, ApplyWork, PayloadOf } from './work.js';

const GONE = new Set(['destroying', 'destroyed']);

/**
 * Makes a machine like another one that has the restored volume. The other one stays as it is: `machine.retire` ends it. Where there is no
 * room for the new one, the new volume goes again, and nothing has changed. The new machine's name is the lock between two restores.
 */
export const applyMachineReplace: Apply<'machine.replace'> = async (work, payload) => {
  const { context, machineWork } = work;
  const [volume] = resultsOf(work, 'volume.restore');
  const volumeId = volume?.id ?? '';
  const config = finishConfig(work, await configToSend(work, payload), {
    live: await liveConfig(work, payload),
    volumeId,
  });
  const machine = await createOrFind(work, payload, config, volumeId);
  const isOurs = metadataOf(machine)[metadataKeys.launchId] === context.launchId;
  const left = { id: machine.id, name: machine.name, instanceId: versionOf(machine) };
  await rememberedMachine(context, work.notes).write(machine.id);
  if (!isOurs) {
    await awaitLeaseEnd(machineWork, machine, context.clock.now() + context.lockTimeoutMs);
    return skipped('machine.replace', 'a run before has made it', left);
  }
  const nonce = machine.nonce ?? (await findOwnNonce(machineWork, machine));
  const lease = nonce === null ? null : keepCreatedLease(machineWork, machine, nonce);
  try {
    const watch = { machine, sinceMs: -1, version: versionOf(machine), launches: true, isBegun: true };
    // Until the old machine is gone, both answer under the same addresses: SSH says nothing yet.
    if (payload.asleep) await awaitSettled(machineWork, machine);
    else await awaitUsable(machineWork, nonce === null ? watch : { ...watch, nonce }, null);
  } finally {
    await lease?.release();
  }
  return applied('machine.replace', left);
};

/** The config of the old machine as it is now. Throws `FLY_MACHINE_CHANGED` when it is not the one of the plan any more. */
async function liveConfig(
  { api, names }: ApplyWork,
  { machineId, instanceId, fromSpec }: PayloadOf<'machine.replace'>,
): Promise<WireMachineConfig | null> {
  if (fromSpec) return null;
  const live = await api.machines.get(names.app, machineId);
  if (live === null || GONE.has(live.state)) throw changed(machineId, 'is gone');
  if (versionOf(live) !== instanceId) throw changed(machineId, 'has another config by now');
  return live.config ?? null;
}

/** Of a machine whose host is lost Fly may still know the image that it runs: a restore is no update. */
async function configToSend(
  { api, names }: ApplyWork,
  { machineId, fromSpec, config }: PayloadOf<'machine.replace'>,
): Promise<Record<string, unknown>> {
  if (!fromSpec) return config;
  const last = await api.machines.get(names.app, machineId).catch(() => null);
  const image = last?.incomplete_config?.image;
  return typeof image === 'string' && image !== '' ? { ...config, image } : config;
}

async function createOrFind(
  work: ApplyWork,
  { name, region, asleep }: PayloadOf<'machine.replace'>,
  config: WireMachineConfig,
  volumeId: string,
): Promise<WireMachine> {
  const { api, names } = work;
  const find = async (): Promise<WireMachine | null> =>
    (await api.machines.list(names.app)).find((one) => one.name === name && !GONE.has(one.state)) ?? null;
  try {
    const { value } = await createOnce(work, {
      what: `create machine ${name}`,
      create: () =>
        api.machines.create(names.app, {
          name,
          region,
          config,
          leaseTtlSeconds: LEASE_SECONDS,
          minSecretsVersion: null,
          skipLaunch: asleep,
        }),
      find,
      conflicts: ['FLY_MACHINE_NAME_TAKEN', 'FLY_VOLUME_ATTACHED'],
      unique: true,
    });
    const mounted = (value.config ?? value.incomplete_config)?.mounts?.[0]?.volume;
    if (mounted === volumeId) return value;
  } catch (error) {
    if (!(error instanceof FlyApiError) || !hasCode(error, 'FLY_NO_CAPACITY', 'FLY_QUOTA')) throw error;
    await removeVolume(work, volumeId);
    const { code, kind, message, retryable, details } = error;
    const hint =
      'Nothing has changed: the old machine and its volume are as they were, and the new volume is deleted again. Try again later, or ' +
      'restore elsewhere: set `providers.fly.region` to another region and run the same command.';
    throw new SindriError({ code, kind, message, hint, retryable, details });
  }
  await removeVolume(work, volumeId);
  throw changed(name, 'was made by another restore that was faster');
}

const LEASE_SECONDS = 15;

/** Nobody has written anything to it: what it holds is in the snapshot. */
async function removeVolume(work: ApplyWork, volumeId: string): Promise<void> {
  const { api, names } = work;
  const volume = await api.volumes.get(names.app, volumeId);
  if (volume !== null && !volume.attached_machine_id) await api.volumes.delete(names.app, volumeId);
  await forgetRestore(work);
}

function changed(machine: string, why: string): SindriError {
  return flyError({
    code: 'FLY_MACHINE_CHANGED',
    kind: 'incomplete',
    retryable: true,
    message: `Machine ${machine} ${why}.`,
    hint: 'Run the same command again: it plans anew from what is there now.',
    details: { machine },
  });
}
