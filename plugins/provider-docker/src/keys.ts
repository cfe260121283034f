import type { AdmittedKey, OperationContext, SshTarget } from '@sindri/core';
import { addressOf, readFile, runProcess, type Engine } from '@sindri/docker-engine';
import {
  accessScripts,
  authorizedKeysFile,
  authorizedKeysVariable,
  developerUser,
  readExportLines,
  sshPort,
  workspacePath,
} from '@sindri/image-contract';
import { accessInside, createIdentity, findIdentities, fingerprint, readPublicKeys, toAdmittedKeys } from '@sindri/ssh';
import type { Place } from './container.js';
import { dockerError } from './docker-error.js';
import { readSecrets } from './inside.js';
import type { ContainerData, Payload, Spec } from './shapes.js';

/** Whoever may use the engine may do everything inside, so keys are read and written there. */
const access = (engine: Engine, id: string, context: OperationContext) =>
  accessInside((command) => runProcess(engine, context, id, { command }), accessScripts);

/** Those on the volume, also of an environment that sleeps, and those that the config brings at every start. */
export async function listKeys(
  engine: Engine,
  { id, status }: Pick<ContainerData, 'id' | 'status'>,
  context: OperationContext,
): Promise<AdmittedKey[]> {
  const onVolume = readPublicKeys((await readFile(engine, id, authorizedKeysFile)) ?? '').keys;
  const declared = readExportLines(await readSecrets(engine, id, context)).get(authorizedKeysVariable);
  const atStart = declared === undefined ? onVolume : readPublicKeys(declared).keys;
  const isFromConfig = (key: object): boolean => declared !== undefined && atStart.some((one) => one === key);
  return toAdmittedKeys(status === 'running' ? onVolume : [], atStart, isFromConfig);
}

/** Lets a key in or takes it out; `false` when it was in already. */
export async function changeKey(
  engine: Engine,
  { container: id = '', key }: Payload,
  context: OperationContext,
): Promise<boolean> {
  const keys = await listKeys(engine, { id, status: 'running' }, context);
  const print = typeof key === 'object' ? fingerprint(key.publicKey) : (key ?? '');
  const there = keys.find((one) => one.fingerprint === print);
  const inside = access(engine, id, context);
  if (typeof key === 'object') {
    if (there?.where.includes('now')) return false;
    requireWritten(await inside.admit(key));
    return true;
  }
  if (there === undefined)
    throw dockerError('DOCKER_KEY_UNKNOWN', 'usage', `No key ${print} is admitted.`, 'Look at `sindri keys list`.');
  if (there.fromConfig) {
    const message = `The key ${print} comes from ${authorizedKeysVariable} in the config.`;
    throw dockerError('DOCKER_KEY_FROM_CONFIG', 'refused', message, 'Take it out of that secret and deploy.');
  }
  const admitted = (await inside.keys())?.find(({ publicKey }) => fingerprint(publicKey) === print);
  requireWritten(admitted === undefined ? null : await inside.remove(admitted.publicKey));
  return true;
}

function requireWritten(said: string | null): void {
  if (said === null) return;
  const message = `The list of SSH keys inside could not be written: ${said}.`;
  throw dockerError('DOCKER_KEYS_NOT_WRITTEN', 'incomplete', message, 'Look at the disk and at ~/.ssh inside.');
}

/** How any SSH client gets in; the caller's key is let in. */
export async function findSshTarget(
  { engine, container }: Place,
  spec: Spec,
  context: OperationContext,
): Promise<SshTarget> {
  const address = addressOf(engine, container, sshPort);
  if (address === undefined) {
    throw unavailable(
      engine.isHere
        ? `Port ${sshPort} is not published.`
        : `The engine ${engine.where} is on another computer, and publishes SSH on its loopback only.`,
    );
  }
  const inside = access(engine, container.id, context);
  const hostKeys = await inside.hostKeys();
  if (hostKeys.length === 0)
    throw unavailable('The image has no SSH host keys: it has no SSH server, or has not made them yet.');
  const owner = { env: context.env, stateDir: context.stateDir, environment: spec.name };
  const identity = (await findIdentities({ ...owner, signal: context.signal }))[0] ?? (await createIdentity(owner));
  requireWritten(await inside.admit({ publicKey: identity.publicKey, comment: 'sindri' }));
  return {
    user: developerUser,
    addresses: [address],
    hostKeys,
    identityFile: identity.kind === 'agent' ? null : identity.path,
    hostKeyAlias: `sindri-docker-${spec.name}`,
    directory: workspacePath(spec),
  };
}

function unavailable(message: string): Error {
  return dockerError('DOCKER_SSH_UNAVAILABLE', 'refused', message, '`sindri connect` works without SSH.');
}
