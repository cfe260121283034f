import type { EmulatorClock } from '../clock.js';
import type { Ids } from '../ids.js';
import type { JsonObject } from '../json.js';
import type { MachineEventRecord, MachineRecord } from '../records.js';
import type { MachineExit } from '../runtime/machine-runtime.js';

/** Fly shows at most 50 and has no paging; a few more are kept for `wait` with an old event id. */
const KEPT_EVENTS = 100;

export type EventSource = MachineEventRecord['source'];

/** Writes down what happens to machines. */
export interface MachineEvents {
  add(
    machine: MachineRecord,
    event: { type: string; status: string; source: EventSource; request?: JsonObject | null },
  ): void;
}

export function createMachineEvents(clock: EmulatorClock, ids: Ids): MachineEvents {
  return {
    add(machine, event) {
      machine.events.push({ id: ids.ulid(), timestamp: clock.now(), ...event });
      if (machine.events.length > KEPT_EVENTS) machine.events.splice(0, machine.events.length - KEPT_EVENTS);
    },
  };
}

/** The `request` of an `exit` event. */
export function exitRequest(
  exit: MachineExit,
  about: { requestedStop: boolean; restarting: boolean; restartCount: number; at: number },
): JsonObject {
  return {
    exit_event: {
      exit_code: exit.code,
      // Always 0 in what was recorded (127/0, 2/0, 137/0): the exit code is the one above.
      guest_exit_code: 0,
      guest_signal: exit.signal,
      guest_error: '',
      oom_killed: exit.oomKilled,
      requested_stop: about.requestedStop,
      restarting: about.restarting,
      signal: exit.signal,
      error: '',
      exited_at: new Date(about.at).toISOString(),
    },
    restart_count: about.restartCount,
  };
}
