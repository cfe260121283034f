import { connect } from 'node:net';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { portNotListening, type OperationContext, type SshTarget } from '@sindri/core';
import { admitKeyScript, developerUser, readHostKeysScript, sshPort } from '@sindri/image-contract';
import { createIdentity, findIdentities, parseAuthorizedKeys } from '@sindri/ssh';
import { dockerError } from './docker-error.js';
import type { Engine } from './engine/client.js';
import { LISTENS } from './power.js';
import { openSession, runCommand } from './process.js';
import type { ContainerData, Spec } from './shapes.js';

/** Says a word once it is connected, so that a closed port is a refusal and not an empty stream. */
const RELAY = (port: number): string =>
  `set -- ${port}; ${LISTENS} || exit 1; echo; if command -v nc >/dev/null; then exec nc 127.0.0.1 ${port}; fi; ` +
  `exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}; cat <&3 & cat >&3; wait'`;

/** A stream to a port inside: by the loopback port where it is published on this computer, else by a process inside. */
export async function dialPort(
  engine: Engine,
  container: ContainerData,
  port: number,
  context: OperationContext,
): Promise<Duplex> {
  const published = container.published[`${port}/tcp`];
  if (published !== undefined && engine.isHere) {
    const socket = connect({ host: published.host === '0.0.0.0' ? '127.0.0.1' : published.host, port: published.port });
    return once(socket, 'connect', { signal: context.signal }).then(
      () => socket.on('error', () => undefined),
      (cause: unknown) => {
        socket.destroy();
        context.signal.throwIfAborted();
        throw portNotListening(port, { cause });
      },
    );
  }
  const session = await openSession(engine, context, container.id, { command: RELAY(port) }, '');
  const first = await Promise.race([once(session.stdout, 'readable'), session.exited.catch(() => null)]);
  if (!Array.isArray(first) || session.stdout.read(1) === null) {
    session.close();
    throw portNotListening(port);
  }
  const stream = Duplex.from({ writable: session.stdin, readable: session.stdout });
  stream.on('error', () => undefined).once('close', () => session.close());
  return stream;
}

/** How any SSH client gets in. Whoever may use the engine may do everything inside, so the caller's key is let in. */
export async function findSshTarget(
  engine: Engine,
  spec: Spec,
  container: ContainerData,
  context: OperationContext,
): Promise<SshTarget> {
  const published = container.published[`${sshPort}/tcp`];
  if (published === undefined || !engine.isHere) {
    throw dockerError(
      'DOCKER_SSH_UNAVAILABLE',
      'refused',
      engine.isHere
        ? `Port ${sshPort} is not published.`
        : `The engine ${engine.where} is on another computer, and publishes SSH on its loopback only.`,
      '`sindri connect` and `sindri exec` work without SSH.',
    );
  }
  const inside = (script: string, args: string[] = []) =>
    runCommand(engine, context, container.id, { command: ['sh', '-c', script, 'sh', ...args] });
  const { exitCode, stdout } = await inside(readHostKeysScript);
  const hostKeys = parseAuthorizedKeys(stdout);
  if (exitCode !== 0 || hostKeys.length === 0) {
    throw dockerError(
      'DOCKER_SSH_UNAVAILABLE',
      'refused',
      'The image has no SSH host keys: it has no SSH server, or has not made them yet.',
      '`sindri connect` works without SSH.',
    );
  }
  const owner = { env: context.env, stateDir: context.stateDir, environment: spec.name };
  const identity = (await findIdentities({ ...owner, signal: context.signal }))[0] ?? (await createIdentity(owner));
  const [type, key = ''] = identity.publicKey.split(' ');
  const admitted = await inside(admitKeyScript, [key, `${type} ${key} sindri`]);
  if (admitted.exitCode !== 0)
    throw dockerError('DOCKER_SSH_UNAVAILABLE', 'refused', 'Your SSH key could not be written into the environment.');
  return {
    user: developerUser,
    addresses: [{ host: published.host === '0.0.0.0' ? '127.0.0.1' : published.host, port: published.port }],
    hostKeys,
    identityFile: identity.kind === 'agent' ? null : identity.path,
    hostKeyAlias: `sindri-docker-${spec.name}`,
  };
}
