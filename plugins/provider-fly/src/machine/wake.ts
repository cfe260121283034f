import type { WireMachine } from '../api/types.js';
import { newestEventMs, type BootWatch } from './boot-watch.js';
import { bringUp } from './bring-up.js';
import type { MachineWork } from './work.js';
import { flyError } from '../fly-error.js';

const HOPELESS = new Set(['destroying', 'destroyed', 'launch_failed']);

/**
 * Makes sure that a machine is started, through the API: Fly's proxy may be told not to wake it. Returns what to watch while
 * it boots on. Throws what {@link bringUp} throws, `FLY_LEASE_HELD`, `FLY_MACHINE_FAILED`.
 */
export async function wake(work: MachineWork, machine: WireMachine): Promise<BootWatch> {
  const watch = wakeWatch(machine);
  if (machine.state !== 'started') await bringUp(work, watch);
  return watch;
}

/** What to watch while a machine is woken. Throws `FLY_MACHINE_FAILED` for one that cannot come up any more. */
export function wakeWatch(machine: WireMachine): BootWatch {
  const { id, name, state } = machine;
  if (!HOPELESS.has(state)) return { machine: { id, name }, sinceMs: newestEventMs(machine) };
  throw flyError({
    code: 'FLY_MACHINE_FAILED',
    kind: 'refused',
    message: `Machine ${name} cannot be started: Fly calls it ${state}.`,
    hint: 'Run `sindri deploy`: it makes a new one.',
    details: { machine: id, state },
  });
}
