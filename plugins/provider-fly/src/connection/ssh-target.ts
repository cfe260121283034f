import type { EnvironmentSpec, InstanceRequest, OperationContext, SshTarget } from '@sindri/core';
import { workspacePath } from '@sindri/image-contract';
import type { SshIdentity } from '@sindri/ssh';
import type { OpenApi } from '../api/client.js';
import type { WireMachine } from '../api/types.js';
import { openMachineWork } from '../machine/open-work.js';
import type { MachineWork } from '../machine/work.js';
import { wake } from '../machine/wake.js';
import { clientAccess } from './choose-method.js';
import { createHostKeys } from './host-keys.js';
import { admitCaller, findLogin } from './admission.js';
import { findDestination } from './open-connection.js';

/**
 * How any SSH client reaches the environment. Wakes the machine only when its host keys are not known yet, or to admit the key of
 * this user.
 */
export function createSshTarget(
  openApi: OpenApi,
): (spec: EnvironmentSpec, context: OperationContext, request?: InstanceRequest) => Promise<SshTarget> {
  return async (spec, context, { instance } = {}) => {
    const api = await openApi(context);
    const work = openMachineWork(api, spec, context, 'connect');
    const destination = await findDestination(api, spec, instance, context);
    const { machine, ssh, hostKeyAlias, isOneOfSeveral } = destination;
    const access = clientAccess(ssh);
    const hostKeys = createHostKeys(work, hostKeyAlias);
    const pinned = await hostKeys.pinned(machine);
    if (pinned === null) await wake(work, machine);
    const login = await findLogin(work, spec, machine);
    const identities =
      login.isAdmitted === false ? await admitAwake(work, spec, machine, login.identities) : login.identities;
    const [identity] = identities;
    return {
      user: ssh.user,
      ...access,
      ...(isOneOfSeveral ? { dial: { port: ssh.internalPort, instance: machine.name } } : {}),
      hostKeys: pinned ?? (await hostKeys.learn(machine)),
      identityFile: identity === undefined || identity.kind === 'agent' ? null : identity.path,
      hostKeyAlias: hostKeys.alias,
      directory: workspacePath(spec),
    };
  };
}

async function admitAwake(
  work: MachineWork,
  spec: EnvironmentSpec,
  machine: WireMachine,
  identities: readonly SshIdentity[],
): Promise<SshIdentity[]> {
  await wake(work, machine);
  return admitCaller(work, spec, { ...machine, state: 'started' }, identities);
}
