import type { EnvironmentSpec, OperationContext, SshTarget } from '@sindri/core';
import type { OpenApi } from '../api/client.js';
import { openScene } from '../machine/open-scene.js';
import { wake } from '../machine/wake.js';
import { createHostKeys } from './host-keys.js';
import { loginIdentities } from './identities.js';
import { findDestination, sshUser } from './open-connection.js';

/** How any SSH client reaches the environment. Wakes the machine only when its host keys are not known yet. */
export function createSshTarget(
  openApi: OpenApi,
): (spec: EnvironmentSpec, context: OperationContext) => Promise<SshTarget> {
  return async (spec, context) => {
    const api = await openApi(context);
    const scene = openScene(api, spec, context, 'connect');
    const { machine, addresses } = await findDestination(api, spec, 'auto');
    const hostKeys = createHostKeys(scene);
    if (!(await hostKeys.isPinned(machine))) await wake(scene, machine);
    const [identity] = await loginIdentities(scene, spec, machine);
    return {
      user: sshUser,
      addresses: addresses.map(({ host, port, note }) => ({ host, port, ...(note === undefined ? {} : { note }) })),
      hostKeys: await hostKeys.get(machine),
      identityFile: identity === undefined || identity.kind === 'agent' ? null : identity.path,
      hostKeyAlias: hostKeys.alias,
    };
  };
}
