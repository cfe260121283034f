import type { SindriError } from '@sindri/core';
import { environmentState } from '../planner/index.js';
import type { WireMachine } from '../api/types.js';
import { awaitSettled, awaitState } from './await-state.js';
import { newestEventMs, throwIfFailed, watchBoot, type BootWatch } from './boot-watch.js';
import { firstToEnd } from './race.js';
import { withSignal, type MachineWork } from './work.js';
import { requestStart } from './start.js';
import { timing } from './timing.js';
import { flyError } from '../fly-error.js';

/** A machine that rests again after so many starts will not stay up: Fly drops them, or puts it to sleep each time. */
const MOST_STARTS = 6;

/** States that somebody, or an update, leaves a machine in, and that only a start ends. */
const RESTING = new Set(['created', 'stopped', 'suspended', 'failed']);
/** The image is prepared or swapped; what follows is up to Fly. */
const BEING_REPLACED = new Set(['replacing', 'updating']);

/**
 * Gets a machine started, whatever it is doing now: waits until an update of it has settled, starts it where it rests (an update
 * leaves it stopped when it was not running; Fly's proxy may have put it to sleep a moment ago) and looks again after each start,
 * since one may be accepted and dropped. Says at once what it waits for.
 *
 * Returns the machine as seen last; `null` when a wait has told that it is started, and nobody `looksAfterwards`. Throws
 * `FLY_STATE_TIMEOUT`, `FLY_MACHINE_STOPPED`, and what {@link throwIfFailed} and {@link requestStart} throw.
 */
export async function bringUp(
  work: MachineWork,
  watch: BootWatch,
  { starts = { used: 0 }, looksAfterwards = true }: BringUpOptions = {},
): Promise<WireMachine | null> {
  const { clock, signal } = work.context;
  const { name } = watch.machine;
  const deadline = clock.now() + timing.startMs;
  let isStarted = watch.isBegun === true && (await untilUpOrResting(work, watch, timing.beganMs)) === 'started';
  for (;;) {
    if (isStarted && !looksAfterwards) return null;
    const machine = await work.api.machines.get(work.app, watch.machine.id);
    if (machine === null) {
      // A host may know of a new machine before the API does.
      work.progress(`waiting until Fly knows machine ${name}`);
      if (clock.now() >= deadline) throw notStarted(watch, 'unknown to Fly');
      await clock.sleep(timing.watchMs, signal);
      continue;
    }
    if (!failedEarlier(machine, watch)) await throwIfFailed(work, watch, machine);
    if (machine.state === 'started') return machine;
    if (clock.now() >= deadline) throw notStarted(watch, machine.state);
    if (BEING_REPLACED.has(machine.state)) {
      await awaitSettled(work, watch.machine);
    } else if (RESTING.has(machine.state) && !isLaunching(machine, watch)) {
      starts.used += 1;
      if (starts.used > MOST_STARTS) throw restsAgain(watch, machine.state);
      work.progress(`starting machine ${name}, which is ${machine.state}`);
      await requestStart(work, watch.machine, watch.nonce);
      isStarted = (await untilUpOrResting(work, watch)) === 'started';
    } else {
      work.progress(`waiting for machine ${name} to start`);
      isStarted = (await untilUpOrResting(work, watch)) === 'started';
    }
  }
}

export interface BringUpOptions {
  starts?: StartCount;
  /** Look at the machine once more when a wait has told that it is started. Default true: nobody else does. */
  looksAfterwards?: boolean;
}

/** How many starts a piece of work has asked for so far. */
export interface StartCount {
  used: number;
}

/** A machine that this run has just created is started by Fly itself once its image is there. */
function isLaunching(machine: WireMachine, watch: BootWatch): boolean {
  return machine.state === 'created' && watch.launches === true;
}

/** A failure of an earlier life says nothing about the start that is to come. */
function failedEarlier(machine: WireMachine, watch: BootWatch): boolean {
  return machine.state === 'failed' && newestEventMs(machine) <= watch.sinceMs;
}

/** Until the machine is started, or lies still again, or it takes longer than `enoughMs`: then the caller looks. */
async function untilUpOrResting(
  work: MachineWork,
  watch: BootWatch,
  enoughMs = Infinity,
): Promise<'started' | 'resting'> {
  const { clock } = work.context;
  return firstToEnd<'started' | 'resting'>(work.context.signal, [
    (signal) =>
      awaitState(withSignal(work, signal), {
        machine: watch.machine,
        state: 'started',
        version: watch.version,
        timeoutMs: timing.startMs,
      }).then(() => 'started'),
    (signal) => watchBoot(withSignal(work, signal), watch),
    ...(enoughMs === Infinity
      ? []
      : [(signal: AbortSignal) => clock.sleep(enoughMs, signal).then(() => 'resting' as const)]),
  ]);
}

function notStarted({ machine }: BootWatch, state: string): SindriError {
  return flyError({
    code: 'FLY_STATE_TIMEOUT',
    kind: 'incomplete',
    retryable: true,
    message: `Machine ${machine.name} was not started within ${timing.startMs / 1_000} s: it is ${state}.`,
    hint: 'Fly may still get there: `sindri status` shows it. Running the same command again continues.',
    details: { machine: machine.id, state },
  });
}

function restsAgain({ machine }: BootWatch, state: string): SindriError {
  return flyError({
    code: 'FLY_MACHINE_STOPPED',
    kind: 'incomplete',
    retryable: true,
    message: `Machine ${machine.name} was started ${MOST_STARTS} times and is ${environmentState(state)} again each time.`,
    hint:
      'Fly drops the starts, or puts the machine to sleep at once: `sindri logs` may tell. Run the same command again later, or ' +
      'set `providers.fly.autoStopMachines: false`.',
    details: { machine: machine.id, state },
  });
}
