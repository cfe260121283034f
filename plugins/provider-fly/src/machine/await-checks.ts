import type { SindriError } from '@sindri/core';
import type { WireMachine } from '../api/types.js';
import { flyError } from '../fly-error.js';
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
    const failing = (machine.checks ?? []).find(({ status }) => status !== 'passing');
    if (machine.state !== 'started' || failing === undefined) return machine;
    if (clock.now() >= deadline) throw notReady(machine, failing.name ?? '');
    work.progress(`waiting until the health check ${failing.name ?? ''} of machine ${machine.name} passes`);
    await clock.sleep(timing.watchMs, signal);
  }
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
