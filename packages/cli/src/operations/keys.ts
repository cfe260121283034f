import type { AdmittedKey, Environment, Plan } from '@sindri/core';
import { plainCommand } from '../next-commands.js';
import type { Shell } from '../shell.js';
import { plainText } from '../terminal/outside-text.js';
import { walk, type ChangeRequest } from './change.js';
import { changeResult, type ChangeResult } from './change-result.js';
import { readPublicKey, type KeySource } from './public-key.js';
import { coreError } from '../error.js';

export interface KeysResult {
  schema: 'sindri.keys/1';
  environment: string;
  provider: string;
  keys: AdmittedKey[];
}

/** Every SSH key that may log in, now or after the next start. */
export async function listKeys(environment: Environment): Promise<KeysResult> {
  return {
    schema: 'sindri.keys/1',
    environment: environment.spec.name,
    provider: environment.provider.name,
    keys: await environment.keys(),
  };
}

/** Admits one more key, see {@link readPublicKey}. With a saved plan and no source, the one that the plan names. */
export async function addKey(
  environment: Environment,
  shell: Shell,
  { source, ...request }: ChangeRequest & { source: KeySource },
): Promise<ChangeResult> {
  const planned = request.plan !== undefined && source.file === undefined;
  const key = planned ? {} : await readPublicKey(shell, environment.spec.name, source);
  const road = {
    wanted: { intent: 'key.admit', ...key },
    look: (after: Plan) => environment.status({ after }),
  } as const;
  return changeResult(await walk(environment, shell, road, request));
}

/** Takes one key away, named by its fingerprint or by its comment. With a saved plan and no name, the one that the plan names. */
export async function removeKey(
  environment: Environment,
  shell: Shell,
  { name, ...request }: ChangeRequest & { name: string | undefined },
): Promise<ChangeResult> {
  const found = name === undefined ? undefined : await findKey(environment, name, request);
  if (found !== undefined) shell.say((style) => `This takes the key away: ${style.bold(describeKey(found))}\n`);
  else if (request.plan === undefined) throw usage('Which key?', 'Give its fingerprint or its comment.', request);
  const wanted = { intent: 'key.remove', ...(found === undefined ? {} : { fingerprint: found.fingerprint }) } as const;
  const look = (after: Plan): ReturnType<Environment['status']> => environment.status({ after });
  return changeResult(await walk(environment, shell, { wanted, look }, request));
}

/** `SHA256:… (ssh-ed25519, me@laptop)` */
export function describeKey({ fingerprint, type, comment }: AdmittedKey): string {
  return plainText(`${fingerprint} (${type}${comment === '' ? '' : `, ${comment}`})`);
}

async function findKey(environment: Environment, name: string, request: ChangeRequest): Promise<AdmittedKey> {
  const keys = await environment.keys();
  const named = keys.filter(({ fingerprint }) => fingerprint === name || fingerprint === `SHA256:${name}`);
  const found = named.length > 0 ? named : keys.filter(({ comment }) => comment !== '' && comment === name);
  const [key, ...others] = found;
  if (key === undefined) {
    const message = `No key of ${environment.spec.name} has the fingerprint or the comment "${name}".`;
    throw usage(message, listed(keys) ?? 'No key is admitted at all.', request);
  }
  if (others.length > 0) {
    const message = `${found.length} keys of ${environment.spec.name} have the comment "${name}".`;
    throw usage(message, `Give the fingerprint of one:\n${listed(found)}`, request);
  }
  if (key.fromConfig) {
    throw usage(
      `The key ${describeKey(key)} comes from the config: the next deploy would bring it back.`,
      'Take it out of the secret AUTHORIZED_KEYS, then deploy.',
      request,
    );
  }
  return key;
}

function listed(keys: readonly AdmittedKey[]): string | undefined {
  return keys.length === 0 ? undefined : keys.map((key) => `  ${describeKey(key)}`).join('\n');
}

function usage(message: string, hint: string, { next = plainCommand }: ChangeRequest): Error {
  const all = `All keys: ${next('keys list')}`;
  return coreError({ code: 'USAGE', kind: 'usage', message, hint: `${hint}\n${all}` });
}
