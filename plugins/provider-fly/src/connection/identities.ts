import path from 'node:path';
import type { EnvironmentSpec, OperationContext } from '@sindri/core';
import { findIdentities, identityFromFile, publicKeysMatch, type SshIdentity } from '@sindri/ssh';
import { authorizedKeysVariable } from '@sindri/image-contract';
import type { CallerIdentity } from '../model.js';

/**
 * The keys with which this user can log in: the private half of the key that the config names first, then what
 * {@link findIdentities} finds. One answer for plans and for logins. Reads files and the agent, writes nothing.
 */
export async function findCallerIdentities(spec: EnvironmentSpec, context: OperationContext): Promise<SshIdentity[]> {
  const { env, stateDir, signal, clock } = context;
  const named = namedKeyFile(spec, env);
  const [found, fromConfig] = await Promise.all([
    findIdentities({ env, stateDir, environment: spec.name, signal, clock }),
    named === null ? null : identityFromFile(named.replace(/\.pub$/, '')),
  ]);
  return fromConfig === null ? found : [fromConfig, ...found.filter((item) => !isSame(item, fromConfig))];
}

/** An identity as plans may see it. */
export function toCallerIdentity(identity: SshIdentity): CallerIdentity {
  const { kind, publicKey } = identity;
  return identity.kind === 'agent'
    ? { kind, publicKey, path: null, comment: identity.comment === '' ? null : identity.comment }
    : { kind, publicKey, path: identity.path, comment: null };
}

/** The public key file that the config gives for AUTHORIZED_KEYS; the private half lies beside it. */
function namedKeyFile(spec: EnvironmentSpec, env: OperationContext['env']): string | null {
  const file = spec.secrets.find(({ name }) => name === authorizedKeysVariable)?.fromFile;
  if (file === undefined || !file.endsWith('.pub')) return null;
  if (file.startsWith('~/')) return env.HOME ? path.join(env.HOME, file.slice(2)) : null;
  return path.resolve(spec.baseDir, file);
}

function isSame(a: SshIdentity, b: SshIdentity): boolean {
  return publicKeysMatch(a.publicKey, b.publicKey);
}
