import { SindriError } from '@sindri/core';
import type { WireMachine } from '../api/types.js';
import { awaitStarted } from './await-state.js';
import { newestEventMs, type BootWatch } from './boot-watch.js';
import type { Scene } from './scene.js';
import { requestStart } from './start.js';

/** States in which a machine comes up by itself. */
const COMING_UP = new Set(['creating', 'starting', 'restarting', 'updating', 'replacing']);
const HOPELESS = new Set(['destroying', 'destroyed', 'launch_failed']);

/**
 * Makes sure that a machine is started, through the API: Fly's proxy may be told not to wake it. Returns what to watch while
 * it boots on. Throws what {@link awaitStarted} throws, `FLY_LEASE_HELD`, `FLY_MACHINE_FAILED`.
 */
export async function wake(scene: Scene, machine: WireMachine): Promise<BootWatch> {
  const { id, name, state } = machine;
  const watch: BootWatch = { machine: { id, name }, sinceMs: newestEventMs(machine) };
  if (state === 'started') return watch;
  if (HOPELESS.has(state)) {
    throw new SindriError({
      code: 'FLY_MACHINE_FAILED',
      kind: 'refused',
      message: `Machine ${name} cannot be started: Fly calls it ${state}.`,
      hint: 'Run `sindri deploy`: it makes a new one.',
      details: { machine: id, state },
    });
  }
  if (!COMING_UP.has(state)) await requestStart(scene, watch.machine);
  await awaitStarted(scene, watch);
  return watch;
}
