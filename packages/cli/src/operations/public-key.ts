import type { DeclaredKey, SshIdentity } from '@sindri/ssh';
import { core, ssh } from '../lazy.js';
import type { Shell } from '../shell.js';
import { plainText } from '../terminal/outside-text.js';
import { coreError } from '../error.js';
import { readNamedFile } from './read-named-file.js';
import { readStdin } from './read-stdin.js';

/** Where a public key is to be read from. */
export interface KeySource {
  /** A `.pub` file, or `-` for stdin; absent = the key that this user logs in with. */
  file: string | undefined;
  /** Where key pairs lie that were made for an environment. */
  stateDir: string;
}

/** A public key as the intent `key.admit` has it. */
export interface KeyToAdmit {
  /** `type base64`. */
  publicKey: string;
  comment?: string;
}

/** A public key is some hundred bytes; who gives more has taken the wrong file. */
const LONGEST_KEY_TEXT = 64 * 1024;
const LONGEST_COMMENT = 200;
const GIVE_ONE = 'Give a .pub file.';

/**
 * Reads one public key and looks at it before anything is sent. Rejects with `USAGE` for a private key, a line that is no key, no
 * key, and more than one.
 */
export async function readPublicKey(
  shell: Shell,
  environment: string,
  { file, stateDir }: KeySource,
): Promise<KeyToAdmit> {
  if (file === undefined) return readOwnKey(shell, environment, stateDir);
  const shown = file === '-' ? 'stdin' : file;
  const text =
    file === '-'
      ? (await readStdin(shell, LONGEST_KEY_TEXT, () => tooLong(shown))).toString('utf8')
      : await readNamedFile({ file, cwd: shell.cwd, maximumBytes: LONGEST_KEY_TEXT, hint: GIVE_ONE });
  const { problem, facts } = ssh().inspectAuthorizedKeys(text);
  if (problem !== undefined) throw usage(`${shown} cannot be admitted. ${problem.message}`, problem.hint);
  const keys = (facts?.['publicKeys'] ?? []) as unknown as DeclaredKey[];
  const [key, ...others] = keys;
  if (key === undefined || others.length > 0) {
    throw usage(`There are ${keys.length} public keys in ${shown}.`, 'Give one at a time.');
  }
  return withComment(key.publicKey, key.comment);
}

async function readOwnKey(shell: Shell, environment: string, stateDir: string): Promise<KeyToAdmit> {
  const { env, signal } = shell;
  const [own] = await ssh().findIdentities({ env, stateDir, environment, signal });
  if (own === undefined) {
    throw usage(
      'There is no SSH key of yours on this computer that could be admitted.',
      'Make one: ssh-keygen -t ed25519\nOr give the .pub file of another: sindri keys add FILE',
    );
  }
  return withComment(own.publicKey, await commentOf(own));
}

/** What people recognise the key by in the list. */
async function commentOf(identity: SshIdentity): Promise<string> {
  if (identity.kind === 'agent') return identity.comment;
  const result = await core().readLimitedText(`${identity.path}.pub`, LONGEST_KEY_TEXT);
  const { keys } = ssh().readPublicKeys('text' in result ? result.text : '');
  return keys.find(({ publicKey }) => publicKey === identity.publicKey)?.comment ?? '';
}

function withComment(publicKey: string, comment: string): KeyToAdmit {
  const line = plainText(comment).slice(0, LONGEST_COMMENT).trim();
  return { publicKey, ...(line === '' ? {} : { comment: line }) };
}

function tooLong(shown: string): Error {
  return usage(`${shown} is too long for a public key.`, GIVE_ONE);
}

function usage(message: string, hint?: string): Error {
  return coreError({ code: 'USAGE', kind: 'usage', message, hint });
}
