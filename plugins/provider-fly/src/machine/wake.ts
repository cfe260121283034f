import { SindriError } from '@sindri/core';
import type { WireMachine } from '../api/types.js';
import { awaitStarted } from './await-state.js';
import { newestEventMs, type BootWatch } from './boot-watch.js';
import type { MachineWork } from './work.js';
import { requestStart } from './start.js';

/** States in which a machine comes up by itself. */
const STARTING_STATES = new Set(['creating', 'starting', 'restarting', 'updating', 'replacing']);
const UNSTARTABLE_STATES = new Set(['destroying', 'destroyed', 'launch_failed']);

/**
 * Makes sure that a machine is started, through the API: Fly's proxy may be told not to wake it. Returns what to watch while
 * it boots on. Throws what {@link awaitStarted} throws, `FLY_LEASE_HELD`, `FLY_MACHINE_FAILED`.
 */
export async function wake(work: MachineWork, machine: WireMachine): Promise<BootWatch> {
  const { id, name, state } = machine;
  const watch: BootWatch = { machine: { id, name }, sinceMs: newestEventMs(machine) };
  if (state === 'started') return watch;
  if (UNSTARTABLE_STATES.has(state)) {
    throw new SindriError({
      code: 'FLY_MACHINE_FAILED',
      kind: 'refused',
      message: `Machine ${name} cannot be started: Fly calls it ${state}.`,
      hint: 'Run `sindri deploy`: it makes a new one.',
      details: { machine: id, state },
    });
  }
  if (!STARTING_STATES.has(state)) await requestStart(work, watch.machine);
  await awaitStarted(work, watch);
  return watch;
}
