/** Who wants to sign in through the browser, and what the credential is to be good for. */
export interface SignInRequest {
  /** What the platform's page calls the computer that asks: its host name. */
  computer: string;
  /** Locks the credential to one organization or app. Only kinds that `signIn.locks` names. */
  lock?: CredentialLock;
}

/** The names of what a credential is locked to. */
export interface CredentialLock {
  organization?: string;
  app?: string;
}

/** A sign-in through the browser that has begun. Whoever began it calls {@link SignInAttempt.close} at its end. */
export interface SignInAttempt {
  /** What the person opens: http or https, a page of the platform itself. */
  readonly url: string;
  /** When it ends without an answer, in milliseconds since the Unix epoch. */
  readonly expiresAt: number;
  /** Whether the page may show a code that is handed in with {@link SignInAttempt.submitCode}. */
  readonly takesCode: boolean;
  /**
   * What the platform has given out, once the person has approved. Rejects with `SIGN_IN_EXPIRED` when nobody did in time, with the
   * reason of the signal, and with kind `cancelled` after `close`.
   */
  readonly credential: Promise<string>;
  /** Hands in the code of the page: `null` when it was right, else one sentence why it was not. Another one may be tried then. */
  submitCode(code: string): Promise<string | null>;
  /** Lets go of ports and timers. May be called at any time, and twice. */
  close(): Promise<void>;
}

/** What is known of a credential. Nothing in it is secret. `null` = the platform does not say. */
export interface CredentialFacts {
  /** For people: `personal token`. */
  kind: string;
  /** Whether the platform takes it; `null` when it could not be asked. */
  accepted: boolean | null;
  /** Whose it is: a login, an address, an id. */
  user: string | null;
  /** Everything that it reaches. Empty = nothing. */
  reaches: CredentialReach[] | null;
  /** ISO 8601. */
  expiresAt: string | null;
}

/** A part of the platform that a credential reaches. */
export interface CredentialReach {
  organization: string;
  /** The only apps in it that it reaches; `null` = all. */
  apps: string[] | null;
}

/** A place where a credential was found. */
export interface CredentialSource {
  /** An environment variable, what Sindri keeps, or what another tool keeps. */
  kind: 'environment' | 'kept' | 'other';
  /** For people: `FLY_API_TOKEN`, `the keyring`. */
  origin: string;
  /** Why it cannot be used; `null` when it can. */
  problem: string | null;
}

/** Who is signed in, and by what. */
export interface SignInStatus {
  /** Everything that was found, in the order in which it counts: the first is used. Empty = nobody is signed in. */
  sources: CredentialSource[];
  /** What is known of the first; `null` when there is none or it cannot be read. */
  facts: CredentialFacts | null;
  /** Why nothing is known of it, or too little: one sentence each. */
  problems: SignInProblem[];
}

/** One thing that stands in the way of an answer. */
export interface SignInProblem {
  code: string;
  message: string;
  hint?: string;
}

/** A credential that is kept from now on. */
export interface AcceptedCredential {
  facts: CredentialFacts;
  /** Where it is kept, for people: `the keyring (Secret Service)`, `/home/me/.local/state/sindri/credentials/fly.json`. */
  keptIn: string;
  /** What comes before it, so that it is not used now: `FLY_API_TOKEN`; `null` when nothing does. */
  overruledBy: string | null;
  /** What people have to know about it: one sentence each. */
  notes: string[];
}

/** What is left after a sign-out. */
export interface SignOutResult {
  /** Whether there was something of ours to remove. */
  removed: boolean;
  /** What still signs in, in the order in which it counts. */
  sources: CredentialSource[];
  /** What people have to know: one sentence each. */
  notes: string[];
}
