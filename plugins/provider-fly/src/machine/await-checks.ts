import type { SindriError } from '@sindri/core';
import type { WireMachine } from '../api/types.js';
import { flyError } from '../fly-error.js';
import { asMap } from '../planner/observed/json-maps.js';
import { throwIfFailed, type BootWatch } from './boot-watch.js';
import { timing } from './timing.js';
import type { MachineWork } from './work.js';

/**
 * Waits until every health check of one machine passes: where several answer on the same addresses, only these tell that this very one is
 * ready. Returns the machine as it is then, or as soon as it does not run any more. `null` while Fly does not know it. Throws
 * `FLY_SSH_TIMEOUT`, and what {@link throwIfFailed} throws.
 */
export async function awaitChecks(work: MachineWork, watch: BootWatch): Promise<WireMachine | null> {
  const { clock, signal } = work.context;
  const deadline = clock.now() + timing.sshMs;
  for (;;) {
    const machine = await work.api.machines.get(work.app, watch.machine.id);
    if (machine === null) return null;
    await throwIfFailed(work, watch, machine);
    const failing = notPassing(machine);
    if (machine.state !== 'started' || failing === null) return machine;
    if (clock.now() >= deadline) throw notReady(machine, failing);
    work.progress(`waiting until the health check ${failing} of machine ${machine.name} passes`);
    await clock.sleep(timing.watchMs, signal);
  }
}

/** The name of a check that does not pass. One of the config that Fly does not list yet has not passed. */
function notPassing({ checks, config }: WireMachine): string | null {
  const known = checks ?? [];
  const failing = known.find(({ status }) => status !== 'passing');
  const wanted = Object.keys(asMap(config?.['checks']));
  return failing?.name ?? wanted.find((name) => !known.some((check) => check.name === name)) ?? null;
}

function notReady({ id, name }: WireMachine, check: string): SindriError {
  return flyError({
    code: 'FLY_SSH_TIMEOUT',
    kind: 'incomplete',
    retryable: true,
    message: `Machine ${name} is started, but its health check ${check} does not pass.`,
    hint: 'It may still be preparing its home directory: `sindri logs` tells, and running the same command again continues.',
    details: { machine: id, check },
  });
}
