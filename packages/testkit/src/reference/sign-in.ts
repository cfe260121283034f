import {
  createCredentialStore,
  isSindriError,
  SindriError,
  type CredentialSource,
  type OperationContext,
  type SignIn,
  type SignInAttempt,
} from '@sindri/core';
import { AUDIENCE, callOf, TOKEN_VARIABLE } from './client.js';
import type { ReferencePlatform } from './platform.js';

/** Signing in to the reference platform: a page on which somebody approves, and a token that is kept here. */
export function createSignIn(platform: ReferencePlatform): SignIn {
  return {
    variable: TOKEN_VARIABLE,
    locks: [],
    begin: (_request, context) => beginSignIn(platform, context),

    async accept(credential, context) {
      context.hide(credential);
      const env = { ...context.env, [TOKEN_VARIABLE]: credential };
      // Refused here, it is not kept.
      await platform.read(callOf('GET /account', { ...context, env }), () => null);
      const { place } = await keptToken(context).keep(credential, AUDIENCE);
      const [first] = await sourcesOf(context);
      const overruledBy = first?.kind === 'environment' ? first.origin : null;
      return { facts: FACTS, keptIn: place, overruledBy, notes: [] };
    },

    async status(context) {
      const sources = await sourcesOf(context);
      if (sources.length === 0) return { sources, facts: null, problems: [] };
      try {
        await platform.read(callOf('GET /account', context), () => null);
        return { sources, facts: FACTS, problems: [] };
      } catch (error) {
        context.signal.throwIfAborted();
        if (!isSindriError(error)) throw error;
        // What cannot be found out is no reason to say nothing.
        const { code, message, kind } = error;
        const refused = sources.map((source, index) =>
          index === 0 && kind === 'auth' ? { ...source, problem: message } : source,
        );
        return { sources: refused, facts: null, problems: [{ code, message }] };
      }
    },

    async signOut(context) {
      const { removed } = await keptToken(context).forget();
      return { removed, sources: await sourcesOf(context), notes: [] };
    },
  };
}

const FACTS = { kind: 'token', accepted: true, user: 'somebody', reaches: null, expiresAt: null };

/** What is kept on this computer: in the keyring where there is one, else in a private file. */
function keptToken({ env, stateDir, signal }: OperationContext) {
  return createCredentialStore({ env, stateDir, signal, name: 'reference' });
}

/** In the order in which they count. */
async function sourcesOf(context: OperationContext): Promise<CredentialSource[]> {
  const variable = context.env[TOKEN_VARIABLE] === undefined ? null : TOKEN_VARIABLE;
  const place = await keptToken(context).place(AUDIENCE);
  return [
    ...(variable === null ? [] : [{ kind: 'environment' as const, origin: variable, problem: null }]),
    ...(place === null ? [] : [{ kind: 'kept' as const, origin: place, problem: null }]),
  ];
}

async function beginSignIn(
  platform: ReferencePlatform,
  { signal, hide, clock }: OperationContext,
): Promise<SignInAttempt> {
  signal.throwIfAborted();
  const page = platform.openSignIn();
  let end: (reason: unknown) => void = () => undefined;
  const ended = new Promise<never>((_resolve, reject) => (end = reject));
  const onAbort = (): void => end(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const credential = Promise.race([page.approved, ended]);
  credential.then(hide, () => undefined);
  return {
    url: page.url,
    expiresAt: clock.now() + 60_000,
    takesCode: true,
    credential,
    submitCode: async (code) => (page.redeem(code) ? null : 'The code is wrong. Copy it again from the page.'),
    async close() {
      signal.removeEventListener('abort', onAbort);
      end(new SindriError({ code: 'OPERATION_CANCELLED', kind: 'cancelled', message: 'The sign-in was given up.' }));
    },
  };
}
