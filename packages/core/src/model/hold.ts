/** How long, and what for, an environment is to be kept awake. */
export interface HoldRequest {
  /** At most so long, in ms. */
  durationMs: number;
  /** What it is for, in a few words that others may read: `installing extensions`. */
  reason: string;
  /**
   * Which of several instances, see `ProviderV1.instanceCapabilities`; absent = the one that a session would take, with `untilInstalled` all
   * of them.
   */
  instance?: string;
  /**
   * Ends as soon as the installation of extensions is over; where there is none to wait for, at once. What the installer writes is
   * told meanwhile as `log.line` events of the source `installer`.
   */
  untilInstalled?: boolean;
  /** Leaves what holds inside of the environment, and returns. Only together with `untilInstalled`. */
  detach?: boolean;
}

/**
 * Why a hold is over. `interrupted`: the environment does not run any more, by somebody's wish. `detached`: what holds lives on inside,
 * and is out of reach.
 */
export type HoldEnd = 'released' | 'expired' | 'installed' | 'interrupted' | 'detached';

/**
 * An environment that is kept awake while something runs in it, against whatever puts idle ones to sleep. To hold one wakes it. While it lasts it
 * is told in `EnvironmentSummary.holds`, and the provider's other operations work as ever. When this process dies, the platform lets go by
 * itself. The signal ends the opening and, later, the hold. With `HoldRequest.detach` what holds runs inside and lives on without this process;
 * a provider that cannot do so for now rejects with kind `refused` and says what is missing.
 */
export interface Hold {
  /** When it ends at the latest, ISO 8601. */
  readonly until: string;
  /**
   * What keeps it awake, each in a few words (`an open connection`). Empty = nothing: there was nothing to hold it for, and `ended` is
   * settled.
   */
  readonly by: readonly string[];
  /** Resolves once it is over. Rejects when the environment went to sleep all the same, or what holds it was lost. */
  readonly ended: Promise<HoldEnd>;
  /** Lets go, and returns once the platform knows. Never rejects. Safe to repeat. */
  release(): Promise<void>;
}

/** Something that keeps an environment awake, as a look at it tells. */
export interface HeldAwake {
  /** What for: `installing extensions`. */
  reason: string;
  /** By whom, as far as the platform tells. */
  by: string | null;
  /** When it ends by itself unless it is renewed, ISO 8601. */
  until: string | null;
}
