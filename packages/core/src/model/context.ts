import type { Emit } from './events.js';

/** Time as a parameter, so that no test waits and no code reads the wall clock by itself. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with `signal.reason` as soon as `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/**
 * What every provider method may use of the outside world. Nothing in core or in a provider reads globals instead.
 */
export interface OperationContext {
  /** Aborted when the caller no longer wants the result. Check it before each side effect. */
  readonly signal: AbortSignal;
  /** Reports progress. Synchronous, one-way, never throws. */
  readonly emit: Emit;
  /**
   * From now on `value` is hidden in everything that leaves this process: events, errors, log lines and what a host prints. For
   * what a provider itself finds to be secret, a token it was given or made. Values shorter than four characters are ignored.
   */
  readonly hide: (value: string) => void;
  readonly clock: Clock;
  /** A uniformly distributed number in [0, 1): jitter and ids. */
  readonly random: () => number;
  /** Environment variables: tokens, base URLs, HOME, SSH_AUTH_SOCK. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * A directory (created on demand, mode 0700) that survives between runs: host keys, generated key pairs, caches.
   * Never the truth about what exists.
   */
  readonly stateDir: string;
  /**
   * The digest of the image that a reference names, `null` when its registry has none. Present where the host looks images up, for a deploy
   * whose image is built from source.
   */
  readonly imageDigest?: (reference: string) => Promise<string | null>;
  /** An undici `Dispatcher` through which HTTP goes when the host wants to route, record or refuse it. */
  readonly dispatcher?: object;
}
