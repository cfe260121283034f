import type { OperationContext } from '../model/context.js';
import type {
  AcceptedCredential,
  CredentialLock,
  SignInAttempt,
  SignInRequest,
  SignInStatus,
  SignOutResult,
} from '../model/sign-in.js';

/**
 * How somebody signs in to the platform. Credentials have an order that is the same everywhere: environment variables first, then what
 * `accept` keeps on this computer, then what another tool of the platform keeps. No credential is in what these methods return, but
 * in {@link SignInAttempt.credential}.
 */
export interface SignIn {
  /** The environment variable that takes a credential, for those who have no browser: `FLY_API_TOKEN`. */
  readonly variable: string;
  /** What a credential can be locked to. Empty = nothing: a request with a lock is refused before the provider is called. */
  readonly locks: readonly (keyof CredentialLock)[];
  /** Begins a sign-in through the browser. Opens nothing by itself: the caller shows the address to a person. Keeps nothing. */
  begin(request: SignInRequest, context: OperationContext): Promise<SignInAttempt>;
  /**
   * Looks at a credential, asks the platform whether it takes it, and keeps it for later runs. Rejects with kind `auth` for one that
   * cannot be one or is refused, and keeps what was kept before then. What the lock of its sign-in promises is compared with what it reaches.
   */
  accept(credential: string, context: OperationContext, lock?: CredentialLock): Promise<AcceptedCredential>;
  /**
   * Rejects with what every request would be rejected with when nobody is signed in. Asks neither the platform nor a keyring: it is called
   * before anything else that takes time. Optional.
   */
  requireSource?(context: OperationContext): Promise<void>;
  /** Who is signed in, and by what. Rejects only when the caller ends it: what cannot be found out is in `problems`. */
  status(context: OperationContext): Promise<SignInStatus>;
  /** Removes what `accept` has kept. What else signs in stays, and is told. Nothing to remove is a success. */
  signOut(context: OperationContext): Promise<SignOutResult>;
}
