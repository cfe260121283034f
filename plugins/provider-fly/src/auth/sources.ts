import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { type SindriError, type OperationContext } from '@sindri/core';
import { parse } from 'yaml';
import { isEmptyToken, parseToken, tokenPieces, whyUnsendable, type FlyToken } from './token.js';
import { flyError } from '../fly-error.js';

/** A credential and where it was found. */
export interface FoundToken {
  token: FlyToken;
  /** For people: `FLY_API_TOKEN`, `~/.fly/config.yml`. */
  origin: string;
}

const HOW_TO_SIGN_IN =
  'Run `fly auth login`, or set FLY_API_TOKEN to a token (`fly tokens create org`). To try it without an account, add --local.';

/**
 * The token to use: `FLY_ACCESS_TOKEN`, then `FLY_API_TOKEN`, then the one that flyctl keeps in its own `config.yml`, which
 * is only read. From then on it is hidden in everything that leaves this process. Throws `FLY_TOKEN_MISSING`, and
 * `FLY_TOKEN_REFUSED` for one that no request can carry.
 */
export async function findToken(context: Pick<OperationContext, 'env' | 'hide'>): Promise<FoundToken> {
  const found = await lookForToken(context.env);
  if (found === null) throw noToken();
  // Of a broken one every part is hidden too.
  for (const piece of tokenPieces(found.token)) piece.split(/\s+/).forEach((part) => context.hide(part));
  const why = whyUnsendable(found.token);
  if (why !== null) throw unsendable(found.origin, why);
  return found;
}

async function lookForToken(env: OperationContext['env']): Promise<FoundToken | null> {
  for (const name of ['FLY_ACCESS_TOKEN', 'FLY_API_TOKEN']) {
    const found = tokenOf(env[name], name);
    if (found !== null) return found;
  }
  const file = flyctlConfigFile(env);
  return file === null ? null : tokenOf(await readAccessToken(file.path), file.title);
}

function unsendable(origin: string, why: string): SindriError {
  return flyError({
    code: 'FLY_TOKEN_REFUSED',
    kind: 'auth',
    message: `The token from ${origin} cannot be one of Fly.io: ${why}.`,
    hint: 'Copy it again, whole and on one line, or run `fly auth login`. Nothing was sent.',
  });
}

function noToken(): SindriError {
  return flyError({
    code: 'FLY_TOKEN_MISSING',
    kind: 'auth',
    message: 'There is no Fly.io token: FLY_ACCESS_TOKEN and FLY_API_TOKEN are not set, and flyctl is not signed in.',
    hint: HOW_TO_SIGN_IN,
    details: { notSetUp: true },
  });
}

function tokenOf(text: string | undefined, origin: string): FoundToken | null {
  if (text === undefined) return null;
  const token = parseToken(text);
  return isEmptyToken(token) ? null : { token, origin };
}

function flyctlConfigFile(env: OperationContext['env']): { path: string; title: string } | null {
  if (env.FLY_CONFIG_DIR) {
    const file = path.join(env.FLY_CONFIG_DIR, 'config.yml');
    return { path: file, title: file };
  }
  return env.HOME ? { path: path.join(env.HOME, '.fly', 'config.yml'), title: '~/.fly/config.yml' } : null;
}

/** Undefined when there is no such file or no token in it. A file that cannot be read or parsed is no sign-in either. */
async function readAccessToken(file: string): Promise<string | undefined> {
  let document: unknown;
  try {
    document = parse(await readSmallFile(file));
  } catch {
    return undefined;
  }
  if (typeof document !== 'object' || document === null) return undefined;
  const token = (document as { access_token?: unknown }).access_token;
  return typeof token === 'string' ? token : undefined;
}

/** flyctl's file has a few hundred bytes. */
const LONGEST_FILE = 256 * 1024;

/** The text of a regular file. Throws for a device, a pipe, and a file that is larger than any that flyctl writes. */
async function readSmallFile(file: string): Promise<string> {
  // Opening a pipe that nobody writes to would wait for ever.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) throw new Error('not a regular file');
    const buffer = Buffer.alloc(LONGEST_FILE + 1);
    let size = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, size, buffer.length - size, null);
      size += bytesRead;
      if (size > LONGEST_FILE) throw new Error('too large');
      if (bytesRead === 0) return buffer.toString('utf8', 0, size);
    }
  } finally {
    await handle.close();
  }
}
