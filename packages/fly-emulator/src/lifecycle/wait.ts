import { ApiError, notFound } from '../api-error.js';
import { afterOrSoon, type EmulatorClock } from '../clock.js';
import type { MachineRecord } from '../records.js';
import type { Lifecycle } from './lifecycle.js';

export interface WaitRequest {
  /** States to wait for; `settled` means any resting one. */
  states: string[];
  version?: string;
  fromEventId?: string;
  timeoutMs: number;
  signal: AbortSignal;
}

export interface WaitResult {
  state: string;
  version: string;
  eventId: string;
}

/** Resolves when the machine is in one of the states. Rejects with 408 after the time, 404 when it is destroyed. */
export function waitForState(
  deps: { lifecycle: Pick<Lifecycle, 'onState'>; clock: EmulatorClock },
  machine: MachineRecord,
  request: WaitRequest,
): Promise<WaitResult> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      cancelTimer();
      unsubscribe();
      request.signal.removeEventListener('abort', onAbort);
      settle();
    };
    const look = (): void => {
      const event = satisfied(machine, request);
      if (event !== null) {
        const result = { state: machine.state, version: machine.version, eventId: event };
        finish(() => resolve(result));
      } else if (machine.state === 'destroyed') {
        finish(() => reject(notFound('not_found: machine was destroyed')));
      }
    };
    const onAbort = (): void => finish(() => reject(request.signal.reason));
    const cancelTimer = afterOrSoon(deps.clock, request.timeoutMs, () =>
      finish(() => reject(new ApiError(408, notReached(machine, request)))),
    );
    const unsubscribe = deps.lifecycle.onState((changed) => {
      if (changed.id === machine.id) look();
    });
    request.signal.addEventListener('abort', onAbort);
    if (request.signal.aborted) onAbort();
    else look();
  });
}

function notReached(machine: MachineRecord, { states }: WaitRequest): string {
  return `deadline_exceeded: machine failed to reach desired state, ${states.join(', ')}, currently ${machine.state}`;
}

/** The id of the event that satisfies the wait (may be empty for a machine without events), or `null`. */
function satisfied(machine: MachineRecord, request: WaitRequest): string | null {
  const newest = machine.events.at(-1)?.id ?? '';
  const inState = request.states.some((state) => isIn(machine, state));
  if (inState && machine.state === 'destroyed') return newest;
  if (request.version !== undefined && request.version !== machine.version) return null;
  const from = request.fromEventId;
  if (from === undefined) return inState ? newest : null;
  // After an event id, a state that has come and gone again counts as well (unsure).
  const passed = machine.events.find((event) => event.id > from && request.states.includes(event.status));
  if (passed) return passed.id;
  return inState && newest > from ? newest : null;
}

function isIn(machine: MachineRecord, wanted: string): boolean {
  if (wanted !== 'settled') return machine.state === wanted;
  if (machine.state === 'created') return !machine.wantsUp;
  return ['started', 'stopped', 'suspended', 'failed', 'destroyed'].includes(machine.state);
}
