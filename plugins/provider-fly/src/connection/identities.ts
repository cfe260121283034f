import path from 'node:path';
import { readFile } from 'node:fs/promises';
import { isSindriError, type EnvironmentSpec, type OperationContext } from '@sindri/core';
import {
  findIdentities,
  identityFromFile,
  orderIdentities,
  parseAuthorizedKeys,
  publicKeysMatch,
  type SshIdentity,
} from '@sindri/ssh';
import { authorizedKeysVariable, readAuthorizedKeysScript } from '@sindri/image-contract';
import { metadataOf } from '../api/machines.js';
import type { WireMachine } from '../api/types.js';
import type { MachineWork } from '../machine/work.js';
import { metadataKeys, type FlyFacts } from '../model.js';

const EXEC_SECONDS = 15;

/** The key with which this user would log in to a new environment. Reads files and the agent, writes nothing. */
export async function findOwnIdentity(spec: EnvironmentSpec, context: OperationContext): Promise<FlyFacts['identity']> {
  const { env, stateDir, signal, clock } = context;
  const [first] = await findIdentities({ env, stateDir, environment: spec.name, signal, clock });
  if (first === undefined) return null;
  return {
    kind: first.kind,
    publicKey: first.publicKey,
    path: first.kind === 'agent' ? null : first.path,
    comment: first.kind === 'agent' ? first.comment : null,
  };
}

/**
 * Every identity of this user, those that the machine admits first: the image's sshd hangs up after three wrong keys. Says
 * so in a notice when none of them fits.
 */
export async function loginIdentities(
  work: MachineWork,
  spec: EnvironmentSpec,
  machine: WireMachine,
): Promise<SshIdentity[]> {
  const { env, stateDir, signal, clock } = work.context;
  const named = namedKeyFile(spec, env);
  const [found, fromConfig] = await Promise.all([
    findIdentities({ env, stateDir, environment: spec.name, signal, clock }),
    named === null ? null : identityFromFile(named.replace(/\.pub$/, '')),
  ]);
  const identities = fromConfig === null ? found : [fromConfig, ...found.filter((item) => !isSame(item, fromConfig))];
  const admitted = await admittedKeys(work, spec, machine, named, identities.length > 1);
  if (
    admitted !== null &&
    !identities.some(({ publicKey }) => admitted.some((key) => publicKeysMatch(key, publicKey)))
  ) {
    work.context.emit({
      type: 'notice',
      level: 'warning',
      code: 'FLY_KEY_NOT_FOUND',
      message:
        'None of the SSH keys of this computer is among those that the environment admits. Load the right one with ' +
        '`ssh-add`, or add yours to AUTHORIZED_KEYS and deploy again.',
    });
  }
  return orderIdentities(identities, admitted ?? []);
}

/**
 * The public keys that the machine admits, by the cheapest way that knows: what deploy noted on it, what the config says, what
 * the machine itself says. `null` when nobody knows, or when there is no choice to make.
 */
async function admittedKeys(
  work: MachineWork,
  spec: EnvironmentSpec,
  machine: WireMachine,
  named: string | null,
  thereIsAChoice: boolean,
): Promise<string[] | null> {
  const noted = parseAuthorizedKeys(metadataOf(machine)[metadataKeys.authorizedKeys] ?? '');
  if (noted.length > 0) return noted;
  const isDeclared = spec.secrets.some(({ name }) => name === authorizedKeysVariable);
  const configured = isDeclared
    ? parseAuthorizedKeys(work.context.env[authorizedKeysVariable] ?? (named === null ? '' : await readText(named)))
    : [];
  if (configured.length > 0) return configured;
  return thereIsAChoice ? readAdmittedKeys(work, machine) : null;
}

/** Best effort: the login itself tells whether a key fits. */
async function readAdmittedKeys(work: MachineWork, machine: WireMachine): Promise<string[] | null> {
  try {
    const { stdout } = await work.api.machines.exec(work.app, machine.id, {
      command: ['sh', '-c', readAuthorizedKeysScript],
      timeoutSeconds: EXEC_SECONDS,
    });
    const keys = parseAuthorizedKeys(stdout);
    return keys.length === 0 ? null : keys;
  } catch (error) {
    if (isSindriError(error)) return null;
    throw error;
  }
}

/** The public key file that the config gives for AUTHORIZED_KEYS; the private half lies beside it. */
function namedKeyFile(spec: EnvironmentSpec, env: OperationContext['env']): string | null {
  const file = spec.secrets.find(({ name }) => name === authorizedKeysVariable)?.fromFile;
  if (file === undefined || !file.endsWith('.pub')) return null;
  if (file.startsWith('~/')) return env.HOME ? path.join(env.HOME, file.slice(2)) : null;
  return path.resolve(spec.baseDir, file);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return '';
  }
}

function isSame(a: SshIdentity, b: SshIdentity): boolean {
  return publicKeysMatch(a.publicKey, b.publicKey);
}
