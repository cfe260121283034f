import type { ChangeImpact, Clock, Provider } from '@sindri/core';

/**
 * What the author of a provider supplies so that the kit can judge it on a real or a pretended platform.
 *
 * A package may ship one: `"sindri": { "provider": { …, "conformance": "./conformance.js" } }`, a module that exports
 * `createSubject(): Subject`. Then `sindri provider verify <name>` runs every case.
 */
export interface Subject {
  /** Makes the provider under judgement; called at least once for each case. */
  create(): Provider;
  /** A `sindri.yaml` for this provider, as small as it may be. */
  config: string;
  /**
   * The same environment, wanted a little differently: something that an update can bring about. Each is tried, and each must
   * make a difference: one for everything that your provider can change (an option, a size, an image).
   */
  changedConfig: string | ChangedConfig | readonly (string | ChangedConfig)[];
  /** Another image that an environment can run. Best one that the platform does not have yet when {@link Subject.setup} returns. */
  otherImage?: string;
  /** A reference under which no registry has an image. */
  missingImage?: string;
  /** A `sindri.yaml` of the same environment whose main process ends right after its start: by its image, or by an option. */
  crashingConfig?: string;
  /**
   * The variables of {@link Rig.env} that are credentials, beside those whose names say it (`…TOKEN`, `…SECRET`, `…PASSWORD`,
   * `…_KEY`). Their values must never come out, and some cases take them away.
   */
  credentials?: readonly string[];
  /**
   * Makes a place where nothing of `config` exists yet; called once for each case that needs a platform, or for several of
   * them one after another (`RunOptions.shareRigs`). There is never more than one rig at a time.
   */
  setup(): Promise<Rig>;
  /** Set by a subject that cannot name a {@link Rig.dialTarget}: then the cases that need one are skipped. */
  unknownPort?: true;
}

/** A config that wants something else, and what bringing it about does to what runs. */
export interface ChangedConfig {
  config: string;
  /**
   * The impacts that the plan must name. No other of `restart`, `replace` and `data-loss` may be in it. Absent = only what can
   * be seen from inside is compared.
   */
  impact?: readonly ChangeImpact[];
  /** Nobody knows whether this provider can do it: an empty plan is noted, not failed. */
  guessed?: true;
}

/** All that is known of a provider whose package ships no {@link Subject}: only cases that need no platform can run. */
export type PlatformlessSubject = Pick<Subject, 'create'>;

/**
 * The place where one case runs, and doors into it. Each door that is there makes some cases look closer; none of them makes
 * a case pass that would fail without it.
 */
export interface Rig {
  /** The name of the environment in this case, where several cases share a platform. Default: that of `config`. */
  name?: string;
  /** The provider's environment variables: tokens, base URLs. Values of variables named like secrets must never come out. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Default: a temporary directory of the kit's. */
  stateDir?: string;
  /** Default: the real clock. */
  clock?: Clock;
  dispatcher?: object;
  /** Everything that the provider has asked of the platform so far, oldest first. */
  requests?(): readonly RigRequest[];
  /**
   * One line for everything that exists at the platform, in words that do not change between two deploys (`volume home`),
   * hence without generated ids. Finds what the provider itself has lost sight of.
   */
  inventory?(): Promise<string[]> | string[];
  /** Puts things of somebody else where this provider could take them for its own: same names, without the mark. */
  addStranger?(): Promise<void> | void;
  /** With the capability `signIn`: does what a person does on the page of a sign-in who approves it. */
  approveSignIn?(url: string): Promise<void> | void;
  /** From now on every read fails, as in an outage, until the returned function is called. */
  failReads?(): () => void;
  /** A signal that is aborted once so many further writes have been committed, before the provider gets the answer. */
  interruptAfter?(writes: number): AbortSignal;
  /** With the capability `dial`: a port inside a running environment, and what comes from it once `send` was sent. */
  dialTarget?: { port: number; send?: string; expect: string };
  /**
   * With the capability `hold`: lets so much time pass that an environment to which nobody is connected goes to sleep, and returns once that
   * has been seen to.
   */
  passIdleTime?(): Promise<void> | void;
  /**
   * With the capability `builds`: a git repository, and a commit in it with a Dockerfile (`v3/Dockerfile.dev` unless it says otherwise) from
   * which an environment can run.
   */
  buildSource?(): Promise<{ repository: string; commit: string; dockerfile?: string }>;
  /** What `OperationContext.imageDigest` is in this rig, for a provider whose `observe` asks by it. */
  imageDigest?: (reference: string) => Promise<string | null>;
  /** Ends whatever `setup` began. */
  teardown?(): Promise<void> | void;
}

/** One request of the provider to the platform, as the rig saw it. */
export interface RigRequest {
  /** For messages: `POST /v1/apps`. */
  description: string;
  /** Whether it can change something. */
  writes: boolean;
}
