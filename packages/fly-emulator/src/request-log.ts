import type { EmulatorClock } from './clock.js';

/** One request as the emulator saw it. */
export interface LoggedRequest {
  /** Position in the log, from 0. */
  index: number;
  method: string;
  path: string;
  query: Record<string, string>;
  /** The status sent, or that of the answer that was lost; `null` until there is one. */
  status: number | null;
  /** A fault broke the connection: the client has seen no answer. */
  lost: boolean;
  /** Organisation concerned, where the path or the query tells. */
  org: string | null;
  /** Milliseconds since the epoch, by the emulator's clock. */
  at: number;
  /** Whether the endpoint changes anything. */
  writes: boolean;
  /** Name of the operation in Fly's API description; `null` for an unknown route. */
  operation: string | null;
  /** Value of the `fly-request-id` header. */
  requestId: string;
}

/**
 * `received`: read, nothing done yet. `committed`: carried out and stored, the answer has not left. `answered`: the
 * answer has left, or the connection was broken in its place.
 */
export type RequestPhase = 'received' | 'committed' | 'answered';

/** Told of every request in each of its phases. */
export type RequestListener = (entry: LoggedRequest, phase: RequestPhase) => void | Promise<void>;

/** What clients asked for, in order. The emulator's own admin requests are not in it. */
export interface RequestLog {
  list(): LoggedRequest[];
  /** Forgets everything; the next index is 0 again. */
  clear(): void;
  /** The emulator waits for what the listener returns before it goes on with that request. */
  onRequest(listener: RequestListener): () => void;
}

/** The side of the log that the HTTP door writes to. */
export interface RequestRecorder extends RequestLog {
  begin(entry: Omit<LoggedRequest, 'index' | 'at' | 'status' | 'lost'>): LoggedRequest;
  tell(entry: LoggedRequest, phase: RequestPhase): Promise<void>;
}

/** A long session at a terminal must not fill the memory. */
const KEPT = 10_000;

export function createRequestLog(clock: EmulatorClock): RequestRecorder {
  let entries: LoggedRequest[] = [];
  let next = 0;
  const listeners = new Set<RequestListener>();
  return {
    list: () => entries.map((entry) => ({ ...entry })),
    clear() {
      entries = [];
      next = 0;
    },
    onRequest(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    begin(facts) {
      const entry: LoggedRequest = { index: next++, ...facts, status: null, lost: false, at: clock.now() };
      entries.push(entry);
      if (entries.length > KEPT) entries = entries.slice(-KEPT);
      return entry;
    },
    async tell(entry, phase) {
      for (const listener of [...listeners]) await listener({ ...entry }, phase);
    },
  };
}
