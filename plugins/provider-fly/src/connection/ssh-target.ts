import type { EnvironmentSpec, OperationContext, SshTarget } from '@sindri/core';
import type { OpenApi } from '../api/client.js';
import { openMachineWork } from '../machine/open-work.js';
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
    const work = openMachineWork(api, spec, context, 'connect');
    const { machine, ssh, hostKeyAlias } = await findDestination(api, spec, undefined);
    const access = clientAccess(ssh);
    const hostKeys = createHostKeys(work, hostKeyAlias);
    if (!(await hostKeys.isPinned(machine))) await wake(work, machine);
    const [identity] = await loginIdentities(work, spec, machine);
    return {
      user: ssh.user,
      ...access,
      hostKeys: await hostKeys.get(machine),
      identityFile: identity === undefined || identity.kind === 'agent' ? null : identity.path,
      hostKeyAlias: hostKeys.alias,
    };
  };
}
