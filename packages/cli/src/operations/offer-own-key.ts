import { isSindriError, type Environment } from '@sindri/core';
import type { Shell } from '../shell.js';
import { plainText } from '../terminal/outside-text.js';
import { readPublicKey } from './public-key.js';

/** What the config asks for and nobody has given: the list of who may log in. */
const KEYS = 'AUTHORIZED_KEYS';

/**
 * Where a deploy has failed because the config names `AUTHORIZED_KEYS` and there is no value, and nothing else is wrong: offers the public
 * key that this user logs in with. Returns the value after a yes; `null` where nobody can be asked, where there is no key, and after a no,
 * so that the failure is told as it was.
 */
export async function offerOwnKey(
  { spec, stateDir }: Pick<Environment, 'spec' | 'stateDir'>,
  shell: Shell,
  error: unknown,
): Promise<string | null> {
  if (shell.prompts === null || !isSindriError(error) || error.code !== 'SECRET_MISSING') return null;
  const { secrets } = error.details as { secrets?: readonly { name: string }[] };
  if (secrets?.length !== 1 || secrets[0]?.name !== KEYS) return null;
  const own = await readPublicKey(shell, spec.name, { file: undefined, stateDir }).catch(() => null);
  if (own === null) return null;
  const { publicKey, comment = '' } = own;
  const line = plainText(`${publicKey} ${comment}`).trim();
  shell.say((style) => `The config names ${style.bold(KEYS)}, and it has no value. Your own public key is:\n${line}`);
  if (!(await shell.prompts.confirm('Let this key log in?', shell.signal))) return null;
  shell.say(
    () => `To have it from now on: put it in .env.local as ${KEYS}, or add fromFile with its .pub file to the secret.`,
  );
  return line;
}

/** The same shell, with one more variable. */
export function withVariable(shell: Shell, name: string, value: string): Shell {
  return Object.create(shell, { env: { value: { ...shell.env, [name]: value } } }) as Shell;
}
