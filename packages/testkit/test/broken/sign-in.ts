import { createCredentialStore, type SignIn } from '@sindri/core';
import { deafSignal, of, type Bend, type BrokenProviders } from './bend.js';

/** Replaces members of the sign-in. */
function signingIn(change: (signIn: SignIn) => Partial<SignIn>): Bend {
  return (provider) => ({ signIn: { ...of(provider.signIn), ...change(of(provider.signIn)) } });
}

export const brokenSignIn: BrokenProviders = {
  'signIn: a credential that was given out signs in until it is removed': {
    'it is not kept': signingIn(({ accept, signOut }) => ({
      async accept(credential, context) {
        const accepted = await accept(credential, context);
        await signOut(context);
        return accepted;
      },
    })),
    'it stays after the sign-out': signingIn(({ signOut }) => ({
      signOut: async (context) => ({
        ...(await signOut({ ...context, stateDir: `${context.stateDir}-2` })),
        removed: true,
      }),
    })),
    'the sign-out says nothing of it': signingIn(({ signOut }) => ({
      signOut: async (context) => ({ ...(await signOut(context)), removed: false }),
    })),
  },
  'signIn: what the platform refuses is not kept': {
    'it is kept all the same': signingIn(({ accept }) => ({
      accept: (credential, context) =>
        accept(credential, context).catch(async (error: unknown) => {
          const { env, stateDir } = context;
          await createCredentialStore({ env, stateDir, name: 'reference' }).keep(
            credential,
            'https://reference.invalid',
          );
          throw error;
        }),
    })),
    'it is refused as something else': signingIn(({ accept }) => ({
      accept: (credential, context) =>
        accept(credential, context).catch(() => {
          throw new Error('401');
        }),
    })),
  },
  'signIn: an attempt that is given up ends': {
    'close does not end it': signingIn(({ begin }) => ({
      begin: async (request, context) => ({ ...(await begin(request, context)), close: async () => undefined }),
    })),
    'an abort does not end it': signingIn(({ begin }) => ({
      begin: (request, context) => begin(request, { ...context, signal: deafSignal() }),
    })),
  },
  'signIn: the environment comes first, and no credential is shown': {
    'what is kept comes first': signingIn(({ status }) => ({
      async status(context) {
        const seen = await status(context);
        return { ...seen, sources: [...seen.sources].reverse() };
      },
    })),
    'it is shown': signingIn(({ accept }) => ({
      accept: async (credential, context) => ({ ...(await accept(credential, context)), notes: [credential] }),
    })),
    'it is not hidden': signingIn(({ accept }) => ({
      accept: (credential, context) => accept(credential, { ...context, hide: () => undefined }),
    })),
  },
};
