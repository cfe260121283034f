import type { OperationContext, SshTarget } from '@sindri/core';
import { addressOf, runProcess, type Engine } from '@sindri/docker-engine';
import { admitKeyScript, developerUser, readHostKeysScript, sshPort } from '@sindri/image-contract';
import { createIdentity, findIdentities, parseAuthorizedKeys } from '@sindri/ssh';
import { dockerError } from './docker-error.js';
import type { ContainerData, Spec } from './shapes.js';

/** How any SSH client gets in. Whoever may use the engine may do everything inside, so the caller's key is let in. */
export async function findSshTarget(
  engine: Engine,
  spec: Spec,
  container: ContainerData,
  context: OperationContext,
): Promise<SshTarget> {
  const address = addressOf(engine, container, sshPort);
  if (address === undefined) {
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
    runProcess(engine, context, container.id, { command: ['sh', '-c', script, 'sh', ...args] });
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
    addresses: [address],
    hostKeys,
    identityFile: identity.kind === 'agent' ? null : identity.path,
    hostKeyAlias: `sindri-docker-${spec.name}`,
  };
}
