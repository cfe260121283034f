import {
  type SindriError,
  type EnvironmentSpec,
  type OperationContext,
  type Power,
  type PowerResult,
} from '@sindri/core';
import type { FlyApi, OpenApi } from './api/client.js';
import { hasCode } from './api/errors.js';
import { metadataOf } from './api/machines.js';
import type { WireMachine } from './api/types.js';
import { publishesPorts, sshDestination } from './connection/ssh-destination.js';
import { awaitSettled, awaitState } from './machine/await-state.js';
import { awaitUsable, type Readiness } from './machine/await-usable.js';
import { findOwnInstances } from './machine/find-instance.js';
import { whenUnleased } from './machine/held-lease.js';
import { openMachineWork } from './machine/open-work.js';
import { endProcesses } from './machine/restart.js';
import { timing } from './machine/timing.js';
import { wakeWatch } from './machine/wake.js';
import { createPhases, sentence } from './phase.js';
import {
  appName,
  desiredNames,
  environmentState,
  notedStaged,
  stagedNote,
  toIpsData,
  toMachineData,
  tokenNote,
  toSecretsData,
  waitingSecrets,
} from './planner/index.js';
import { flyError } from './fly-error.js';

/**
 * Start, stop, suspend and restart: of the machine that is named, else of one after the other. Each returns when they have got there. Throws
 * `FLY_INSTANCE_UNKNOWN`, `FLY_MACHINE_NOT_OURS` for one without our mark.
 */
export function createPower(openApi: OpenApi): Power {
  const each =
    (act: (turn: Turn) => Promise<PowerResult>): Power['start'] =>
    async (spec, context, { instance } = {}) => {
      const api = await openApi(context);
      const machines = await findOwnInstances(api, spec, instance);
      const results: PowerResult[] = [];
      for (const machine of machines) {
        results.push(
          await act({ api, spec, context, machine, isOneOfSeveral: machines.length > 1 || instance !== undefined }),
        );
      }
      // Where there was something to do for one of them there was for the environment.
      return results.find(({ before, after }) => before !== after) ?? (results[0] as PowerResult);
    };
  return { start: each(start), stop: each(stop), restart: each(restart), suspend: each(suspend) };
}

/** One machine whose turn it is. */
interface Turn {
  api: FlyApi;
  spec: EnvironmentSpec;
  context: OperationContext;
  machine: WireMachine;
  /** Others may answer on the same addresses. */
  isOneOfSeveral: boolean;
}

async function start(turn: Turn): Promise<PowerResult> {
  const { api, spec, context, machine } = turn;
  // One that was stopped gets what is staged with its start.
  await tellSecrets(turn, machine.state !== 'stopped');
  if (machine.state === 'started') return nothingToDo(machine);
  return told(context, 'start', async (progress) => {
    const work = openMachineWork(api, spec, context, 'start', progress);
    progress(`starting machine ${machine.name}, which is ${machine.state}`);
    await awaitUsable(work, wakeWatch(machine), await readinessOf(turn));
    return { before: environmentState(machine.state), after: 'running' };
  });
}

async function stop({ api, spec, context, machine }: Turn): Promise<PowerResult> {
  if (machine.state === 'stopped') return nothingToDo(machine);
  return told(context, 'stop', async (progress) => {
    const work = openMachineWork(api, spec, context, 'stop', progress);
    progress(`stopping machine ${machine.name}, which is ${machine.state}`);
    await awaitSettled(work, machine);
    await whenUnleased(work, machine, () => api.machines.stop(work.app, machine.id, { timeoutMs: timing.stopGraceMs }));
    await awaitState(work, { machine, state: 'stopped', timeoutMs: timing.stopMs });
    return { before: environmentState(machine.state), after: 'stopped' };
  });
}

async function restart(turn: Turn): Promise<PowerResult> {
  const { api, spec, context, machine } = turn;
  await tellSecrets(turn, true);
  return told(context, 'restart', async (progress) => {
    const work = openMachineWork(api, spec, context, 'restart', progress);
    const ready = await readinessOf(turn);
    await awaitUsable(work, await endProcesses(work, machine), ready);
    return { before: environmentState(machine.state), after: 'running' };
  });
}

/** What people expect of a start or a restart, and do not get where it `keeps` what the machine has: that staged secrets are in use then. */
async function tellSecrets(turn: Turn, keeps: boolean): Promise<void> {
  const { emit, clock } = turn.context;
  const waits = keeps ? await stagedFor(turn) : [];
  if (waits.length > 0) {
    emit({ type: 'notice', level: 'warning', code: 'FLY_SECRETS_STAGED', message: stagedNote(waits).message });
  }
  for (const { message } of tokenNote(metadataOf(turn.machine), clock.now())) {
    emit({ type: 'notice', level: 'warning', code: 'FLY_TOKEN_ENDS', message });
  }
}

/** What was staged and is not in use; all that was noted, where the secrets cannot be read. */
async function stagedFor({ api, spec, context, machine }: Turn): Promise<string[]> {
  const { set, removed } = notedStaged(metadataOf(machine));
  if (set.length + removed.size === 0) return [];
  const secrets = await api.secrets.list(appName(spec)).catch(() => null);
  context.signal.throwIfAborted();
  return secrets === null
    ? [...set, ...removed.keys()]
    : waitingSecrets(toMachineData(machine), toSecretsData(secrets).items);
}

type Progress = (message: string) => void;

/** Runs `work`; each sentence about what it waits for is a phase of its own. */
async function told<T>(context: OperationContext, phase: string, work: (progress: Progress) => Promise<T>): Promise<T> {
  const phases = createPhases(context);
  let last = '';
  try {
    const result = await work((message) => {
      if (message !== last) phases.begin(phase, sentence(message));
      last = message;
    });
    phases.end(true);
    return result;
  } catch (error) {
    phases.end(false);
    throw error;
  }
}

async function suspend({ api, spec, context, machine: found }: Turn): Promise<PowerResult> {
  if (found.state === 'suspended') return nothingToDo(found);
  return told(context, 'suspend', async (progress) => {
    const work = openMachineWork(api, spec, context, 'suspend', progress);
    await awaitSettled(work, found);
    const machine = (await api.machines.get(work.app, found.id)) ?? found;
    const obstacle = suspendObstacle(machine);
    if (obstacle !== null) throw suspendImpossible(machine, obstacle);
    progress(`suspending machine ${machine.name}`);
    try {
      await whenUnleased(work, machine, () => api.machines.suspend(work.app, machine.id));
    } catch (error) {
      // Unsure: with which of these Fly refuses a machine that it cannot suspend.
      if (!hasCode(error, 'FLY_PRECONDITION', 'FLY_REQUEST_REFUSED', 'FLY_MACHINE_BUSY', 'FLY_CONFLICT')) throw error;
      throw suspendImpossible(machine, error.message);
    }
    await awaitSuspended(api, work.app, machine, context);
    return { before: environmentState(machine.state), after: 'suspended' };
  });
}

/** Fly may stop a machine that it cannot suspend after all; that must not be told as a success. */
async function awaitSuspended(
  api: FlyApi,
  app: string,
  machine: WireMachine,
  context: OperationContext,
): Promise<void> {
  const { clock, signal } = context;
  const deadline = clock.now() + timing.suspendMs;
  for (;;) {
    const { reached } = await api.machines.wait(app, machine.id, { state: 'suspended', timeoutSeconds: 5 });
    if (reached) return;
    const now = await api.machines.get(app, machine.id);
    if (now?.state === 'stopped') {
      throw suspendImpossible(machine, 'Fly stopped it instead, so what it had in memory is gone');
    }
    if (clock.now() >= deadline) {
      throw flyError({
        code: 'FLY_STATE_TIMEOUT',
        kind: 'incomplete',
        retryable: true,
        message: `Machine ${machine.name} was not suspended within ${timing.suspendMs / 1_000} s.`,
        hint: 'Fly may still get there: `sindri status` shows it.',
        details: { machine: machine.id, state: now?.state ?? null },
      });
    }
    await clock.sleep(timing.busyRetryMs, signal);
  }
}

/** What Fly documents as ruling out suspend. More than 2 GB of memory is only discouraged, so it is tried. */
function suspendObstacle({ state, config }: WireMachine): string | null {
  const swap = config?.init?.swap_size_mb;
  if (typeof swap === 'number' && swap > 0) return 'it has swap';
  if (typeof config?.schedule === 'string') return 'it runs on a schedule';
  if (config?.guest?.gpu_kind !== undefined) return 'it has a GPU';
  if (state !== 'started') return `it is ${state}`;
  return null;
}

function suspendImpossible(machine: WireMachine, why: string): SindriError {
  return flyError({
    code: 'FLY_SUSPEND_IMPOSSIBLE',
    kind: 'refused',
    message: `Machine ${machine.name} cannot be suspended: ${why}.`,
    hint: 'Use `sindri stop`, which ends its processes and keeps the volume.',
    details: { machine: machine.id, state: machine.state },
  });
}

/** What shows that the machine is ready, see {@link awaitUsable}. */
async function readinessOf({ api, spec, machine, isOneOfSeveral }: Turn): Promise<Readiness> {
  if (!publishesPorts(machine.config)) return null;
  if (isOneOfSeveral) return 'checks';
  const names = desiredNames(spec);
  return sshDestination(machine.config, toIpsData(await api.ips.list(names.app)).items, names);
}

function nothingToDo(machine: WireMachine): PowerResult {
  const state = environmentState(machine.state);
  return { before: state, after: state };
}
