import type { SindriError } from '@sindri/core';
import { hasCode } from '../api/errors.js';
import { LONGEST_WAIT_SECONDS, type WaitState } from '../api/machines.js';
import type { WireMachine } from '../api/types.js';
import type { MachineRef, MachineWork } from './work.js';
import { timing } from './timing.js';
import { flyError } from '../fly-error.js';

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

/**
 * Waits until an update of the machine has settled: while it is `replacing`, Fly accepts nothing for it. Returns at once when it is
 * not. Throws `FLY_STATE_TIMEOUT`, with a way out, for one that does not get beyond it. Returns the machine as seen last, `null` when
 * there is none.
 */
export async function awaitSettled(work: MachineWork, machine: MachineRef): Promise<WireMachine | null> {
  const { clock, signal } = work.context;
  const deadline = clock.now() + timing.settleMs;
  for (;;) {
    const now = await work.api.machines.get(work.app, machine.id);
    if (now === null || (now.state !== 'replacing' && now.state !== 'updating')) return now;
    const leftMs = deadline - clock.now();
    if (leftMs <= 0) throw stuckReplacing(machine, now.state);
    work.progress(`waiting for machine ${machine.name}: Fly is still ${now.state} it for an update`);
    const timeoutSeconds = Math.min(SETTLE_SLICE_SECONDS, Math.max(1, Math.ceil(leftMs / 1_000)));
    const { reached } = await work.api.machines.wait(work.app, machine.id, { state: 'settled', timeoutSeconds });
    // A host that calls it settled already, while the API still shows the old state, is asked again without haste.
    if (reached) await clock.sleep(timing.settlePauseMs, signal);
  }
}

/** In slices, so that a stuck update is noticed in time. */
const SETTLE_SLICE_SECONDS = 20;

function stuckReplacing(machine: MachineRef, state: string): SindriError {
  return flyError({
    code: 'FLY_STATE_TIMEOUT',
    kind: 'incomplete',
    retryable: true,
    message: `Machine ${machine.name} is still ${state}: its update has not ended within ${timing.settleMs / 1_000} s.`,
    hint:
      'Run the same command again to wait on. If Fly has given up on it, `sindri destroy --keep-volumes` removes the machine by ' +
      'force and keeps your files; `sindri deploy` then makes a new one.',
    details: { machine: machine.id, state },
  });
}

function stateTimeout({ machine, state, timeoutMs }: AwaitStateRequest): SindriError {
  return flyError({
    code: 'FLY_STATE_TIMEOUT',
    kind: 'incomplete',
    retryable: true,
    message: `Machine ${machine.name} was not ${state} within ${Math.round(timeoutMs / 1_000)} s.`,
    hint: 'Fly may still get there: `sindri status` shows it. Running the same command again continues.',
    details: { machine: machine.id, state },
  });
}
