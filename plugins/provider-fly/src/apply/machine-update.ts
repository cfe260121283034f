import type { SindriError } from '@sindri/core';
import { FlyApiError, outcomeUnknownError } from '../api/errors.js';
import { metadataOf, versionOf } from '../api/machines.js';
import type { WireMachine, WireMachineConfig } from '../api/types.js';
import { awaitSettled } from '../machine/await-state.js';
import { awaitUsable } from '../machine/await-usable.js';
import { newestEventMs, throwIfFailed, type BootWatch } from '../machine/boot-watch.js';
import { takeLease } from '../machine/held-lease.js';
import { rememberedMachine } from '../machine/remembered-machine.js';
import { requestStart } from '../machine/start.js';
import { metadataKeys } from '../model.js';
import { destinationAfterRun } from './ip.js';
import { whenImageIsKnown } from './create-once.js';
import { finishConfig, isSameDeploy } from './machine-config.js';
import { applied, skipped, type Applied } from './results.js';
import { seenMachine } from './seen.js';
import { secretsOutcome } from './secrets.js';
import type { Apply, ApplyWork, PayloadOf } from './work.js';
import { flyError } from '../fly-error.js';

/** What an update interrupts and Fly itself starts again. */
const RUNNING = new Set(['started', 'starting', 'restarting']);

/**
 * Replaces the config of a machine under its lease, and only if it is still the version that the plan was made for. Fly may
 * accept an update and take it back a moment later, so what is stored afterwards decides, not the answer. It leaves a machine
 * stopped that did not run, so the start is ours.
 */
export const applyMachineUpdate: Apply<'machine.update'> = async (work, payload) => {
  const { api, context, names, machineWork } = work;
  const machine = { id: payload.machineId, name: payload.name };
  const lease = await takeLease(machineWork, machine);
  await rememberedMachine(context, work.notes).write(machine.id);
  try {
    // An earlier update, by whomever, must have ended: Fly refuses a second one until then.
    const live = await awaitSettled(machineWork, machine);
    if (live === null) throw changed(payload, 'it is gone');
    const config = finishConfig(work, payload.config, { live: live.config });
    if (versionOf(live) !== payload.instanceId) {
      if (isSameDeploy(live, config)) {
        if (payload.staysAsleep === true && !RUNNING.has(live.state)) {
          return skipped('machine.update', 'another run has done it', resultOf(live));
        }
        return await useAnotherRunsUpdate(work, machine, live, lease.nonce);
      }
      throw changed(payload, 'it has another config by now');
    }
    const updated = await update(work, payload, { config, version: secretsVersion(work, live) }, lease.nonce);
    const watch: BootWatch = {
      machine,
      sinceMs: newestEventMs(live),
      launchId: context.launchId,
      version: versionOf(updated),
      nonce: lease.nonce,
      isBegun: RUNNING.has(live.state),
    };
    if (payload.staysAsleep === true && !RUNNING.has(live.state)) return applied('machine.update', resultOf(updated));
    if (!context.detach) {
      const seen = await awaitUsable(machineWork, watch, destinationAfterRun(work, config));
      return { ...applied('machine.update', resultOf(seen ?? updated)), seen: seenMachine(work, seen) };
    }
    if (!RUNNING.has(live.state)) {
      await awaitSettled(machineWork, machine);
      await requestStart(machineWork, machine, lease.nonce);
    }
    const stored = await api.machines.get(names.app, machine.id);
    if (stored !== null) await throwIfFailed(machineWork, { ...watch, sinceMs: Infinity }, stored);
    return applied('machine.update', resultOf(stored ?? updated));
  } finally {
    await lease.release();
  }
};

/** The result is there; whether that run lives to start the machine is not known, so this one sees to it. */
async function useAnotherRunsUpdate(
  work: ApplyWork,
  machine: { id: string; name: string },
  live: WireMachine,
  nonce: string,
): Promise<Applied> {
  if (!work.context.detach) {
    const watch: BootWatch = { machine, sinceMs: newestEventMs(live), nonce };
    await awaitUsable(work.machineWork, watch, destinationAfterRun(work, live.config));
  }
  return skipped('machine.update', 'another run has done it', resultOf(live));
}

/** What the machine must have seen: the secrets that this run has set, or those that were staged before. */
function secretsVersion(work: ApplyWork, live: WireMachine): number | null {
  const noted = Number(metadataOf(live)[metadataKeys.secretsVersion] ?? NaN);
  return secretsOutcome(work).version ?? (Number.isInteger(noted) ? noted : null);
}

/** One update. A lost answer is looked up by this run's launch id; a repeat is safe, since the version must still match. */
async function update(
  work: ApplyWork,
  payload: PayloadOf<'machine.update'>,
  { config, version }: { config: WireMachineConfig; version: number | null },
  nonce: string,
): Promise<WireMachine> {
  const { api, context, names } = work;
  const request = {
    config,
    currentVersion: payload.instanceId,
    minSecretsVersion: version,
    nonce,
  };
  for (let attempt = 1; ; attempt++) {
    try {
      return await whenImageIsKnown(work, config, () => api.machines.update(names.app, payload.machineId, request));
    } catch (error) {
      if (!(error instanceof FlyApiError) || !error.outcomeUnknown) throw error;
      let live: WireMachine | null;
      try {
        live = await api.machines.get(names.app, payload.machineId);
      } catch {
        context.signal.throwIfAborted();
        throw outcomeUnknownError(`update machine ${payload.name}`, error);
      }
      if (live !== null && metadataOf(live)[metadataKeys.launchId] === context.launchId) return live;
      if (attempt >= 3) throw error;
    }
  }
}

function resultOf(machine: WireMachine): { id: string; name: string; instanceId: string; state: string } {
  return { id: machine.id, name: machine.name, instanceId: versionOf(machine), state: machine.state };
}

function changed({ name, machineId }: PayloadOf<'machine.update'>, why: string): SindriError {
  return flyError({
    code: 'FLY_MACHINE_CHANGED',
    kind: 'incomplete',
    retryable: true,
    message: `Machine ${name} was changed after the plan was made: ${why}.`,
    hint: 'Run the same command again: it plans anew from what is there now.',
    details: { machine: machineId },
  });
}
