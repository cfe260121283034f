import { coreError } from '../model/core-error.js';
import type {
  AcceptedCredential,
  CredentialLock,
  SignInAttempt,
  SignInRequest,
  SignInStatus,
  SignOutResult,
} from '../model/sign-in.js';
import { callProvider, misbehaved } from '../provider/call.js';
import type { Provider } from '../provider/contract.js';
import type { SignIn } from '../provider/sign-in.js';
import { requireAccepted, requireAttempt, requireSignOut, requireStatus } from '../provider/sign-in-shape.js';
import { redactError } from '../redact/redacted.js';
import { abortable } from '../abortable.js';
import { explainEnd } from './operation.js';
import { openOutside, type OutsideOptions } from './outside.js';

/** Where to sign in, and what of the outside the provider may know. No config is needed. */
export interface OpenSignInOptions extends OutsideOptions {
  provider: Provider;
}

/** The {@link SignIn} of one provider, for a program: errors and answers leave redacted, and their shapes are looked at. */
export interface SignInDoor {
  readonly provider: string;
  /** For people. */
  readonly title: string;
  /** The environment variable that takes a credential. */
  readonly variable: string;
  readonly locks: readonly (keyof CredentialLock)[];
  /** Throws `CAPABILITY_UNSUPPORTED` for a lock that the provider does not have. */
  begin(request: SignInRequest): Promise<SignInAttempt>;
  accept(credential: string, lock?: CredentialLock): Promise<AcceptedCredential>;
  status(): Promise<SignInStatus>;
  signOut(): Promise<SignOutResult>;
}

/** Opens the way to sign in at a provider. Asks nobody. Throws `CAPABILITY_UNSUPPORTED` for one without the capability `signIn`. */
export function openSignIn(options: OpenSignInOptions): SignInDoor {
  const { provider } = options;
  const { signIn, name } = provider;
  const title = options.title ?? provider.title;
  if (signIn === undefined) throw withoutSignIn(provider);
  const { context, redactor, signal } = openOutside(provider, options);
  const ask = async <T>(method: string, body: () => Promise<T>): Promise<T> => {
    try {
      signal.throwIfAborted();
      return await abortable(callProvider(provider, method, body), signal);
    } catch (error) {
      throw redactError(redactor, explainEnd(error, signal));
    }
  };

  return {
    provider: name,
    title,
    variable: signIn.variable,
    locks: signIn.locks,
    begin: (request) =>
      ask('signIn.begin', async () => {
        requireLocks(provider, signIn, request.lock ?? {});
        const attempt = requireAttempt(provider, await signIn.begin(request, context));
        // Whoever began it was told of its end long ago.
        if (signal.aborted) await attempt.close();
        const { url, expiresAt, takesCode } = attempt;
        const credential = ask('signIn.begin', () => attempt.credential).then((given) => {
          if (typeof given !== 'string' || given === '')
            throw misbehaved(provider, 'signIn.begin', 'it gave no credential.');
          redactor.add(given);
          return given;
        });
        // It may fail before anybody waits for it.
        credential.catch(() => undefined);
        const submitCode = (code: string): Promise<string | null> =>
          ask('signIn.submitCode', () => attempt.submitCode(code));
        return { url, expiresAt, takesCode, credential, submitCode, close: () => attempt.close() };
      }),
    async accept(credential, lock) {
      redactor.add(credential);
      const accepted = await ask('signIn.accept', () => signIn.accept(credential, context, lock));
      return redactor.value(requireAccepted(provider, accepted));
    },
    status: async () =>
      redactor.value(requireStatus(provider, await ask('signIn.status', () => signIn.status(context)))),
    signOut: async () =>
      redactor.value(requireSignOut(provider, await ask('signIn.signOut', () => signIn.signOut(context)))),
  };
}

function requireLocks({ name, title }: Provider, { locks }: SignIn, lock: CredentialLock): void {
  const wanted = (Object.keys(lock) as (keyof CredentialLock)[]).find((key) => !locks.includes(key));
  if (wanted === undefined) return;
  throw coreError({
    code: 'CAPABILITY_UNSUPPORTED',
    kind: 'usage',
    message: `${title} cannot lock a sign-in to one ${wanted}.`,
    hint: locks.length === 0 ? 'Sign in without a lock.' : `It can lock it to one ${locks.join(', or to one ')}.`,
    details: { provider: name, capability: 'signIn', lock: wanted },
  });
}

function withoutSignIn({ name, title, capabilities }: Provider) {
  return coreError({
    code: 'CAPABILITY_UNSUPPORTED',
    kind: 'usage',
    message: `There is no signing in to ${title}: the provider "${name}" needs none, or takes it from elsewhere.`,
    hint: 'What it needs, and how to give it: sindri doctor',
    details: { provider: name, capability: 'signIn', capabilities: [...capabilities] },
  });
}
