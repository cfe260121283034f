import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import type { Environment, SshTarget } from '@sindri/core';
import type { StreamOpener } from '@sindri/ssh';
import { ssh } from '../lazy.js';

/**
 * Wakes the environment, or the instance that is named, and tells how SSH reaches it now. Rejects with `CAPABILITY_UNSUPPORTED` where it
 * cannot be reached by SSH.
 */
export async function wakeForSsh(environment: Environment, instance?: string): Promise<SshTarget> {
  const which = instance === undefined ? {} : { instance };
  const target = await environment.sshTarget(which);
  // Where there are several, only one is to be woken: whoever dials it does that.
  if (target.dial !== undefined || !environment.provider.capabilities.includes('power')) return target;
  const { before, after } = await environment.start();
  return before === after ? target : environment.sshTarget(which);
}

/**
 * What opens byte streams to the SSH server of `target`: the provider itself where it knows more than addresses; else these, or the program
 * that it names. Where others answer on the same addresses, it is the port inside.
 */
export function routeTo(target: SshTarget, environment: Environment): StreamOpener {
  const { openAddresses, openThrough } = ssh();
  const { dial } = target;
  if (dial !== undefined) {
    return openThrough(dial.instance, (signal) => environment.dial(dial, { signal }));
  }
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
