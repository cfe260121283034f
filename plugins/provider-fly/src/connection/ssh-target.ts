import type { EnvironmentSpec, OperationContext, SshTarget } from '@sindri/core';
import type { OpenApi } from '../api/client.js';
import { openScene } from '../machine/open-scene.js';
import { wake } from '../machine/wake.js';
import { clientAccess } from './choose-method.js';
import { createHostKeys } from './host-keys.js';
import { loginIdentities } from './identities.js';
import { findDestination } from './open-connection.js';

/** How any SSH client reaches the environment. Wakes the machine only when its host keys are not known yet. */
export function createSshTarget(
  openApi: OpenApi,
): (spec: EnvironmentSpec, context: OperationContext) => Promise<SshTarget> {
  return async (spec, context) => {
    const api = await openApi(context);
    const scene = openScene(api, spec, context, 'connect');
    const { machine, ssh } = await findDestination(api, spec, undefined);
    const access = clientAccess(ssh);
    const hostKeys = createHostKeys(scene);
    if (!(await hostKeys.isPinned(machine))) await wake(scene, machine);
    const [identity] = await loginIdentities(scene, spec, machine);
    return {
      user: ssh.user,
      ...access,
      hostKeys: await hostKeys.get(machine),
      identityFile: identity === undefined || identity.kind === 'agent' ? null : identity.path,
      hostKeyAlias: hostKeys.alias,
    };
  };
}
