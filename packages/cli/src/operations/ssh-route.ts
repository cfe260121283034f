import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import type { Environment, SshTarget } from '@sindri/core';
import type { StreamOpener } from '@sindri/ssh';
import { ssh } from '../lazy.js';

/** Wakes the environment and tells how SSH reaches it now. Rejects with `CAPABILITY_UNSUPPORTED` where it cannot be reached by SSH. */
export async function wakeForSsh(environment: Environment): Promise<SshTarget> {
  const { capabilities } = environment.provider;
  if (capabilities.includes('sshTarget') && capabilities.includes('power')) await environment.start();
  return environment.sshTarget();
}

/**
 * What opens byte streams to the SSH server of `target`: the provider itself where it knows more than addresses; else these, or the program
 * that it names.
 */
export function routeTo(target: SshTarget, environment: Environment): StreamOpener {
  const { openAddresses, openThrough } = ssh();
  if (environment.provider.sshStream !== undefined) {
    return openThrough(environment.spec.name, (signal) => environment.sshStream({ signal }));
  }
  const [program, ...args] = target.proxyCommand ?? [];
  if (target.addresses.length > 0 || program === undefined) return openAddresses(target.addresses);
  return openThrough(program, async (signal) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], signal });
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.on('error', (error) => stream.destroy(error));
    const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
    stream.once('close', () => child.kill());
    return stream;
  });
}
