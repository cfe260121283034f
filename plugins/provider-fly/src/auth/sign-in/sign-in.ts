import { randomBytes } from 'node:crypto';
import {
  isSindriError,
  type CredentialSource,
  type OperationContext,
  type SignIn,
  type SignInStatus,
} from '@sindri/core';
import { composeApi } from '../../api/client.js';
import type { DispatcherSource } from '../../api/dispatcher.js';
import { flyError } from '../../fly-error.js';
import { audienceOf, keptToken, requireSendable, requireSource, tokenSources } from '../sources.js';
import { tokenPieces } from '../token.js';
import { beginSignIn } from './attempt.js';
import { brokenLock, describeToken } from './describe-token.js';
import type { RandomBytes } from './proof.js';

/** A list of many macaroons has some kilobytes. */
const LONGEST_TOKEN = 64 * 1024;

/** Signing in to Fly without flyctl: its browser sign-in, or a token that is handed in. */
export function createSignIn(dispatchers: DispatcherSource, random: RandomBytes = (size) => randomBytes(size)): SignIn {
  return {
    variable: 'FLY_API_TOKEN',
    locks: ['organization', 'app'],

    begin: (request, context) =>
      beginSignIn(request, context, {
        randomBytes: random,
        openSend: (own) => composeApi(own, dispatchers, null).send,
      }),

    async accept(credential, context, lock) {
      if (credential.length > LONGEST_TOKEN) throw tooLong();
      const found = requireSendable(credential, 'this sign-in', context.hide);
      const { facts, problems } = await describeToken(found, composeApi(context, dispatchers, found).send);
      context.signal.throwIfAborted();
      const { place, problem } = await keptToken(context).keep(
        tokenPieces(found.token).join(','),
        audienceOf(context.env),
      );
      const broken = lock === undefined ? null : brokenLock(facts, lock);
      return {
        facts,
        keptIn: place,
        overruledBy: await overruling(context),
        notes: [
          ...problems.map(({ message }) => message),
          ...(broken === null ? [] : [broken]),
          ...(problem === null
            ? []
            : [`It is in a file that only you can read, because the keyring failed. ${problem}.`]),
        ],
      };
    },

    requireSource,

    async status(context) {
      const sources = await listSources(context);
      if (sources.length === 0) return { sources, facts: null, problems: [] };
      return { sources, ...(await describeFirst(context, dispatchers, sources)) };
    },

    async signOut(context) {
      const { removed, problem } = await keptToken(context).forget();
      const isFly = audienceOf(context.env) === audienceOf({});
      const orRevoked = isFly ? ' or is revoked on https://fly.io/dashboard, under Tokens' : '';
      const revoke = `The token itself stays valid until it expires${orRevoked}.`;
      return {
        removed,
        sources: await listSources(context),
        notes: [...(problem === null ? [] : [problem]), ...(removed ? [revoke] : [])],
      };
    },
  };
}

/** Everything that is there, in the order in which it counts. A source that cannot be looked at is there all the same. */
async function listSources(context: OperationContext): Promise<CredentialSource[]> {
  const found: CredentialSource[] = [];
  for (const { kind, look } of tokenSources(context)) {
    try {
      const origin = await look();
      if (origin !== null) found.push({ kind, origin, problem: null });
    } catch (error) {
      context.signal.throwIfAborted();
      if (!isSindriError(error)) throw error;
      found.push({ kind, origin: 'what Sindri keeps', problem: error.message });
    }
  }
  return found;
}

/** What is known of the first source; its problem is noted in `sources`. */
async function describeFirst(
  context: OperationContext,
  dispatchers: DispatcherSource,
  sources: CredentialSource[],
): Promise<Pick<SignInStatus, 'facts' | 'problems'>> {
  try {
    const first = await readFirst(context);
    // What was removed from the keyring by hand is not there any more.
    const at = sources.findIndex(({ origin }) => origin === first?.origin);
    sources.splice(0, at < 0 ? sources.length : at);
    if (first === null) return { facts: null, problems: [] };
    const found = requireSendable(first.text, first.origin, context.hide);
    return await describeToken(found, composeApi(context, dispatchers, found).send);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isSindriError(error)) throw error;
    const [first] = sources;
    if (first !== undefined && error.kind === 'auth') first.problem = error.message;
    const { code, message, hint } = error;
    return { facts: null, problems: [{ code, message, ...(hint === undefined ? {} : { hint }) }] };
  }
}

async function readFirst(context: OperationContext): Promise<{ text: string; origin: string } | null> {
  for (const source of tokenSources(context)) {
    const found = await source.read();
    if (found !== null) return found;
  }
  return null;
}

/** What comes before the token that was just kept. */
async function overruling(context: OperationContext): Promise<string | null> {
  const [first] = await listSources(context);
  return first?.kind === 'environment' ? first.origin : null;
}

function tooLong() {
  return flyError({
    code: 'FLY_TOKEN_REFUSED',
    kind: 'auth',
    message: 'This cannot be a token of Fly.io: it is far longer than any.',
    hint: 'Copy the token again, and nothing else. Nothing was sent.',
  });
}
