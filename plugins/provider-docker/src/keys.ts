import type { AdmittedKey, OperationContext, SshTarget } from '@sindri/core';
import { addressOf, readFile, runProcess } from '@sindri/docker-engine';
import {
  accessScripts,
  authorizedKeysFile,
  authorizedKeysVariable,
  developerUser,
  readExportLines,
  sshPort,
  workspacePath,
} from '@sindri/image-contract';
import * as ssh from '@sindri/ssh';
import type { Place } from './container.js';
import { errors } from './docker-error.js';
import { readSecrets } from './inside.js';
import type { Payload, Spec } from './shapes.js';

type Inside = Omit<Place, 'environment'>;

/** Whoever may use the engine may do everything inside, so keys are read and written there. */
function accessTo({ engine, container: { id } }: Inside, context: OperationContext): ssh.AccessInside {
  return ssh.accessInside((command) => runProcess(engine, context, id, { command }), accessScripts);
}

/** Those on the volume, also of an environment that sleeps, and those that the config brings at every start. */
async function readKeys({ engine, container }: Inside, context: OperationContext): Promise<ssh.KnownKeys> {
  const text = await readFile(engine, container.id, authorizedKeysFile);
  const declared = readExportLines(await readSecrets(engine, container.id, context)).get(authorizedKeysVariable);
  return {
    now: ssh.readPublicKeys(text ?? '').keys,
    declared: declared === undefined ? null : ssh.readPublicKeys(declared).keys,
    isRunning: container.status === 'running',
  };
}

export async function listKeys(place: Place, context: OperationContext): Promise<AdmittedKey[]> {
  return ssh.listAdmittedKeys(await readKeys(place, context));
}

/** Lets a key in or takes it out; `false` when there was nothing to do. */
export async function changeKey(place: Inside, key: Payload['key'], context: OperationContext): Promise<boolean> {
  const known = await readKeys(place, context);
  const how = { errors, secret: authorizedKeysVariable };
  return ssh.changeAdmittedKeys(accessTo(place, context), key ?? { fingerprint: '' }, known, how);
}

/** How any SSH client gets in; the caller's key is let in. */
export async function findSshTarget(place: Place, spec: Spec, context: OperationContext): Promise<SshTarget> {
  const { engine, container } = place;
  const address = addressOf(engine, container, sshPort);
  const where = {
    user: developerUser,
    addresses: address === undefined ? [] : [address],
    hostKeyAlias: `sindri-docker-${spec.name}`,
    directory: workspacePath(spec),
  };
  const target = address && (await ssh.admitClient(accessTo(place, context), where, spec.name, context, errors));
  if (target) return target;
  const why =
    target === null
      ? 'The image has no SSH host keys: it has no SSH server, or has not made them yet.'
      : engine.isHere
        ? `Port ${sshPort} is not published.`
        : `The engine ${engine.where} is on another computer, and publishes SSH on its loopback only.`;
  throw errors.sshUnavailable(why);
}
