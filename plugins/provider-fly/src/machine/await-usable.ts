import type { SshDestination } from '../connection/ssh-destination.js';
import { awaitSsh } from './await-ssh.js';
import { awaitStarted } from './await-state.js';
import type { BootWatch } from './boot-watch.js';
import type { MachineWork } from './work.js';

/**
 * Waits until people can use the machine: it is started and, with `ssh`, an SSH server answers from outside. Throws what
 * {@link awaitStarted} and {@link awaitSsh} throw.
 */
export async function awaitUsable(
  work: MachineWork,
  watch: BootWatch & { version?: string },
  ssh: SshDestination | null,
): Promise<void> {
  work.progress(`waiting for machine ${watch.machine.name} to start`);
  await awaitStarted(work, watch);
  if (ssh !== null) await awaitSsh(work, watch, ssh);
}
