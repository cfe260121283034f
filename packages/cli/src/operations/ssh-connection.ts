import type { Environment, SshTarget } from '@sindri/core';
import type { SshConnection, SshIdentity } from '@sindri/ssh';
import { core, ssh } from '../lazy.js';
import type { Shell } from '../shell.js';
import { stateDirFor } from './open.js';
import { routeTo, wakeForSsh } from './ssh-route.js';

/** Logs in to the environment as any SSH client would: with the pinned host keys, and the key that the provider names. */
export async function openSshConnection(
  environment: Environment,
  shell: Shell,
  { local, forwardAgent, instance }: { local: boolean; forwardAgent?: string; instance?: string | undefined },
): Promise<SshConnection> {
  const target = await wakeForSsh(environment, instance);
  return ssh().connectSsh({
    via: routeTo(target, environment),
    user: target.user,
    hostKeys: target.hostKeys,
    identities: await identitiesFor(target, environment, shell, local),
    ...(forwardAgent === undefined ? {} : { forwardAgent }),
    signal: shell.signal,
    clock: core().systemClock,
  });
}

/** The key that is known to fit; where it lives in an agent, all keys of this user, the agent's among them. */
async function identitiesFor(
  { identityFile }: SshTarget,
  { spec }: Environment,
  shell: Shell,
  local: boolean,
): Promise<SshIdentity[]> {
  const { findIdentities, identityFromFile } = ssh();
  const named = identityFile === null ? null : await identityFromFile(identityFile);
  if (named !== null) return [named];
  const { env, signal } = shell;
  return findIdentities({ env, stateDir: stateDirFor(shell, { local }), environment: spec.name, signal });
}
