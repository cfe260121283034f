import type { SshDestination } from '../connection/ssh-destination.js';
import { awaitSsh } from './await-ssh.js';
import type { BootWatch } from './boot-watch.js';
import { bringUp } from './bring-up.js';
import type { MachineWork } from './work.js';

/**
 * Waits until people can use the machine: it is started, by us where nobody else does, and, with `ssh`, an SSH server answers from
 * outside. A machine that falls asleep in between is started again. Throws what {@link bringUp} and {@link awaitSsh} throw.
 */
export async function awaitUsable(work: MachineWork, watch: BootWatch, ssh: SshDestination | null): Promise<void> {
  const starts = { used: 0 };
  work.progress(`waiting for machine ${watch.machine.name} to start`);
  for (;;) {
    await bringUp(work, watch, starts);
    if (ssh === null || (await awaitSsh(work, watch, ssh)) === 'done') return;
  }
}
