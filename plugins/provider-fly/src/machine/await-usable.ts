import type { SshAddress } from '@sindri/ssh';
import { awaitSsh } from './await-ssh.js';
import { awaitStarted } from './await-state.js';
import type { BootWatch } from './boot-watch.js';
import type { Scene } from './scene.js';

/**
 * Waits until people can use the machine: it is started and, with `ssh`, an SSH server answers from outside. Throws what
 * {@link awaitStarted} and {@link awaitSsh} throw.
 */
export async function awaitUsable(
  scene: Scene,
  watch: BootWatch & { version?: string },
  ssh: readonly SshAddress[] | null,
): Promise<void> {
  scene.progress(`waiting for machine ${watch.machine.name} to start`);
  await awaitStarted(scene, watch);
  if (ssh !== null) await awaitSsh(scene, watch, ssh);
}
