import { createCredentialStore, type CredentialSource, type OperationContext, type SindriError } from '@sindri/core';
import { baseUrl } from '../api/base-url.js';
import { flyError } from '../fly-error.js';
import { flyctlConfigFile, readAccessToken } from './flyctl-config.js';
import { isEmptyToken, parseToken, tokenPieces, whyUnsendable, type FlyToken } from './token.js';

/** A credential and where it was found. */
export interface FoundToken {
  token: FlyToken;
  /** For people: `FLY_API_TOKEN`, `~/.fly/config.yml`. */
  origin: string;
}

/** What is needed to look for a credential. */
export type SourceContext = Pick<OperationContext, 'env' | 'stateDir' | 'hide'> &
  Partial<Pick<OperationContext, 'signal'>>;

/** A place where a credential may be. */
export interface TokenSource {
  kind: CredentialSource['kind'];
  /** Whether something is there, without asking a keyring: where, for people. */
  look(): Promise<string | null>;
  /** What is there. Rejects with `KEYRING_FAILED` and `STATE_CORRUPT` as core's store does. */
  read(): Promise<{ text: string; origin: string } | null>;
}

/** Where a token may be given; the first that is set wins, as in Fly's own client. */
export const TOKEN_VARIABLES = ['FLY_ACCESS_TOKEN', 'FLY_API_TOKEN'] as const;

/** What Sindri keeps for Fly on this computer. */
export const keptToken = ({ env, stateDir, signal }: SourceContext) =>
  createCredentialStore({ env, stateDir, name: 'fly', ...(signal === undefined ? {} : { signal }) });

/** Where a kept token belongs: one of Fly never goes to an emulator, nor the other way round. */
export const audienceOf = (env: OperationContext['env']): string => baseUrl('api', env).origin;

/**
 * Every place for a credential, in the order in which it counts: environment, what `sindri auth login` keeps, and what flyctl keeps in
 * its own `config.yml`.
 */
export function tokenSources(context: SourceContext): TokenSource[] {
  const { env } = context;
  return [...TOKEN_VARIABLES.map((name) => variable(name, env)), kept(context), flyctl(env)];
}

/**
 * The token to use, from the first of {@link tokenSources} that has one. From then on it is hidden in everything that leaves this
 * process. Throws `FLY_TOKEN_MISSING`, `FLY_TOKEN_REFUSED` for one that no request can carry, and what a source throws: a keyring
 * that is locked must not make somebody else of this person.
 */
export async function findToken(context: SourceContext): Promise<FoundToken> {
  for (const source of tokenSources(context)) {
    const found = await source.read();
    if (found !== null) return requireSendable(found.text, found.origin, context.hide);
  }
  throw noToken(context.env);
}

/** Throws what {@link findToken} throws when there is nothing anywhere, or a variable has what cannot be sent. Asks no keyring. */
export async function requireSource(context: SourceContext): Promise<void> {
  for (const { kind, look, read } of tokenSources(context)) {
    const found = kind === 'environment' ? await read() : null;
    if (found !== null) requireSendable(found.text, found.origin, context.hide);
    if (found !== null || (await look()) !== null) return;
  }
  throw noToken(context.env);
}

/** The token of a text that has one, hidden from now on. Throws `FLY_TOKEN_REFUSED` for one that no request can carry. */
export function requireSendable(text: string, origin: string, hide: OperationContext['hide']): FoundToken {
  const found = { token: parseToken(text), origin };
  // Of a broken one every part is hidden too.
  for (const piece of tokenPieces(found.token)) piece.split(/\s+/).forEach((part) => hide(part));
  const why = isEmptyToken(found.token) ? 'it is empty' : whyUnsendable(found.token);
  if (why !== null) throw unsendable(origin, why);
  return found;
}

function variable(name: (typeof TOKEN_VARIABLES)[number], env: OperationContext['env']): TokenSource {
  const text = env[name];
  const found = text !== undefined && holdsToken(text) ? { text, origin: name } : null;
  return { kind: 'environment', look: async () => found?.origin ?? null, read: async () => found };
}

function kept(context: SourceContext): TokenSource {
  return {
    kind: 'kept',
    look: () => keptToken(context).place(audienceOf(context.env)),
    async read() {
      const found = await keptToken(context).read(audienceOf(context.env));
      return found === null ? null : { text: found.secret, origin: found.place };
    },
  };
}

function flyctl(env: OperationContext['env']): TokenSource {
  const read = async () => {
    const file = flyctlConfigFile(env);
    const text = file === null ? undefined : await readAccessToken(file.path);
    return file !== null && text !== undefined && holdsToken(text) ? { text, origin: file.title } : null;
  };
  return { kind: 'other', look: async () => (await read())?.origin ?? null, read };
}

function holdsToken(text: string): boolean {
  return !isEmptyToken(parseToken(text));
}

function unsendable(origin: string, why: string): SindriError {
  return flyError({
    code: 'FLY_TOKEN_REFUSED',
    kind: 'auth',
    message: `The token from ${origin} cannot be one of Fly.io: ${why}.`,
    hint: 'Copy it again, whole and on one line, or run `sindri auth login`. Nothing was sent.',
  });
}

function noToken(env: OperationContext['env']): SindriError {
  const empty = TOKEN_VARIABLES.filter((name) => env[name] !== undefined);
  const variables = (empty.length === 0 ? TOKEN_VARIABLES : empty).join(' and ');
  const are = empty.length === 0 ? 'are not set' : empty.length === 1 ? 'is empty' : 'are empty';
  return flyError({
    code: 'FLY_TOKEN_MISSING',
    kind: 'auth',
    message: `You are not signed in to Fly.io: ${variables} ${are}, and no sign-in is kept here.`,
    hint: 'Run `sindri auth login`, or set FLY_API_TOKEN to a token. To try it without an account, add --local.',
    details: { notSetUp: true },
  });
}
