import type { OperationContext, SshTarget } from '@sindri/core';
import { addressOf, readFile, runProcess, whyNoAddress } from '@sindri/docker-engine';
import * as image from '@sindri/image-contract';
import { createKeysInside } from '@sindri/ssh';
import { errors } from './docker-error.js';
import { readSecrets } from './inside.js';
import type { Spec } from './options.js';
import type { Place } from './shapes.js';

/** Whoever may use the engine may do everything inside, so keys are read and written there. */
export const keysInside = createKeysInside<Omit<Place, 'environment'>>({
  errors,
  scripts: image.accessScripts,
  secret: image.authorizedKeysVariable,
  run: ({ engine, container }, command, context) => runProcess(engine, context, container.id, { command }),
  read: ({ engine, container }) => readFile(engine, container.id, image.authorizedKeysFile),
  async declared({ engine, container }, context) {
    return (await readSecrets(engine, container.id, context)).values.get(image.authorizedKeysVariable);
  },
  isRunning: ({ container }) => container.status === 'running',
});

/** How any SSH client gets in; the caller's key is let in. */
export async function findSshTarget(place: Place, spec: Spec, context: OperationContext): Promise<SshTarget> {
  const { engine, container, environment } = place;
  const address = addressOf(engine, container, image.sshPort);
  if (address === undefined) throw errors.sshUnavailable(whyNoAddress(engine, image.sshPort));
  const where = {
    user: image.developerUser,
    addresses: [address],
    hostKeyAlias: `sindri-docker-${environment}`,
    directory: image.workspacePath(spec),
  };
  return keysInside.target(place, where, environment, context);
}
