/** What of the past of an environment is asked for. */
export interface EventsRequest {
  /** Only what happened at or after this moment, in ms since 1970. */
  sinceMs?: number;
  /** At most so many, the newest. */
  tail?: number;
  /** The machine, container or replica: {@link InstanceSummary.name}. Absent = all. */
  instance?: string;
}

/** Something that happened to an environment, as its platform tells it. */
export interface PastEvent {
  /** ISO 8601. */
  at: string;
  kind: PastEventKind;
  /** Who or what made it happen, as far as the platform tells. */
  cause: 'user' | 'idle' | 'connection' | 'platform' | 'crash' | null;
  /** In words, without a full stop: `suspended after 5 minutes without a connection`. */
  message: string;
  /** With several: {@link InstanceSummary.name}. */
  instance?: string;
}

/** What happened, in words that all providers share. */
export type PastEventKind =
  | 'created'
  | 'updated'
  | 'started'
  | 'stopped'
  | 'suspended'
  | 'resumed'
  | 'restarted'
  /** It ended by itself, with another exit code than 0 or by a signal. */
  | 'crashed'
  | 'out-of-memory'
  | 'destroyed'
  /** Anything else; `message` says what. */
  | 'other';
