import { createReadStream } from 'node:fs';
import path from 'node:path';
import type { DeclaredKey, SshIdentity } from '@sindri/ssh';
import { ssh } from '../lazy.js';
import type { Shell } from '../shell.js';
import { plainText } from '../terminal/outside-text.js';
import { coreError } from '../error.js';

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
  const text = await readText(file === '-' ? shell.streams.stdin : openKeyFile(shell, file), shown);
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
  const text = await readText(createReadStream(`${identity.path}.pub`), '').catch(() => '');
  const { keys } = ssh().readPublicKeys(text);
  return keys.find(({ publicKey }) => publicKey === identity.publicKey)?.comment ?? '';
}

function withComment(publicKey: string, comment: string): KeyToAdmit {
  const line = plainText(comment).slice(0, LONGEST_COMMENT).trim();
  return { publicKey, ...(line === '' ? {} : { comment: line }) };
}

function openKeyFile({ cwd }: Shell, file: string): NodeJS.ReadableStream {
  // One byte more than is wanted tells that there is more.
  return createReadStream(path.resolve(cwd, file), { end: LONGEST_KEY_TEXT });
}

async function readText(stream: NodeJS.ReadableStream, shown: string): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(Buffer.from(chunk));
      length += chunk.length;
      if (length > LONGEST_KEY_TEXT) break;
    }
  } catch (error) {
    throw usage(`${shown} cannot be read: ${(error as Error).message}.`, 'Give a .pub file.', error);
  }
  if (length > LONGEST_KEY_TEXT) throw usage(`${shown} is too long for a public key.`, 'Give a .pub file.');
  return Buffer.concat(chunks).toString('utf8');
}

function usage(message: string, hint?: string, cause?: unknown): Error {
  return coreError({ code: 'USAGE', kind: 'usage', message, hint, cause });
}
