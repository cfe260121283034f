import { SindriError } from '@sindri/core';
import { hasCode } from '../api/errors.js';
import { LONGEST_WAIT_SECONDS, type WaitState } from '../api/machines.js';
import { watchBoot, type BootWatch } from './boot-watch.js';
import { firstToEnd } from './race.js';
import { withSignal, type MachineRef, type MachineWork } from './work.js';
import { timing } from './timing.js';

export interface AwaitStateRequest {
  machine: MachineRef;
  state: WaitState;
  /** The version that must get there; absent = whichever is in force. */
  version?: string;
  timeoutMs: number;
}

/**
 * Waits until the machine has reached a state, in slices that Fly accepts. Throws `FLY_STATE_TIMEOUT` when the time is over.
 */
export async function awaitState(work: MachineWork, request: AwaitStateRequest): Promise<void> {
  const { clock, signal } = work.context;
  const deadline = clock.now() + request.timeoutMs;
  for (;;) {
    const leftMs = deadline - clock.now();
    if (leftMs <= 0) throw stateTimeout(request);
    const timeoutSeconds = Math.min(LONGEST_WAIT_SECONDS, Math.max(1, Math.ceil(leftMs / 1_000)));
    try {
      const { state, version } = request;
      const { reached } = await work.api.machines.wait(work.app, request.machine.id, {
        state,
        version,
        timeoutSeconds,
      });
      if (reached) return;
    } catch (error) {
      if (!hasCode(error, 'FLY_NOT_FOUND')) throw error;
      if (request.state === 'destroyed') return;
      // Right after a create the host that is asked may not know it yet.
      await clock.sleep(timing.watchMs, signal);
    }
  }
}

/** Waits for `started`, and reports a machine that ends or fails on the way at once: see {@link watchBoot}. */
export async function awaitStarted(work: MachineWork, watch: BootWatch & { version?: string }): Promise<void> {
  await firstToEnd<void>(work.context.signal, [
    (signal) =>
      awaitState(withSignal(work, signal), {
        machine: watch.machine,
        state: 'started',
        version: watch.version,
        timeoutMs: timing.startMs,
      }),
    (signal) => watchBoot(withSignal(work, signal), watch),
  ]);
}

function stateTimeout({ machine, state, timeoutMs }: AwaitStateRequest): SindriError {
  return new SindriError({
    code: 'FLY_STATE_TIMEOUT',
    kind: 'incomplete',
    retryable: true,
    message: `Machine ${machine.name} was not ${state} within ${Math.round(timeoutMs / 1_000)} s.`,
    hint: 'Fly may still get there: `sindri status` shows it. Running the same command again continues.',
    details: { machine: machine.id, state },
  });
}
