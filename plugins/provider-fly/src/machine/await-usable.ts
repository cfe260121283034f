import type { WireMachine } from '../api/types.js';
import type { SshDestination } from '../connection/ssh-destination.js';
import { awaitChecks } from './await-checks.js';
import { awaitSsh } from './await-ssh.js';
import type { BootWatch } from './boot-watch.js';
import { bringUp } from './bring-up.js';
import type { MachineWork } from './work.js';

/**
 * What shows that a machine can be used: an SSH server that answers from outside; its own health checks, where another machine answers on
 * the same addresses; or nothing more than that it is started.
 */
export type Readiness = SshDestination | 'checks' | null;

/**
 * Waits until people can use the machine: it is started, by us where nobody else does, and what `ssh` names shows that it is ready. A machine that falls asleep in between is started again. Returns the machine as it was seen after that; `null` while Fly
 * shows none. Throws what {@link bringUp} and {@link awaitSsh} throw.
 */
export async function awaitUsable(work: MachineWork, watch: BootWatch, ssh: Readiness): Promise<WireMachine | null> {
  const starts = { used: 0 };
  // Where nobody has started it yet, what is waited for is said once that is known.
  if (watch.isBegun === true) work.progress(`waiting for machine ${watch.machine.name} to start`);
  for (let isBegun = watch.isBegun === true; ; isBegun = false) {
    // Whoever waits for SSH looks once that answers, which is soon enough.
    const machine = await bringUp(work, { ...watch, isBegun }, { starts, looksAfterwards: ssh === null });
    if (ssh === null) return machine;
    const seen = ssh === 'checks' ? await awaitChecks(work, watch) : await awaitSsh(work, watch, ssh);
    if (seen === null || seen.state === 'started') return seen;
  }
}
