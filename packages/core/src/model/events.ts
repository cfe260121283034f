import type { ErrorDocument } from './errors.js';
import type { ConfigProblem } from './problem.js';

/**
 * Everything that core and providers report while they work. Stable: `type` and the documented fields. Not stable: texts,
 * order between parallel changes, and which optional events appear. Never contains a secret.
 *
 * `--output ndjson` prints these objects as they are, each with the time `at` (ISO 8601) that the host adds.
 */
export type SindriEvent =
  | { type: 'operation.started'; operation: string; environment: string; provider: string }
  | {
      type: 'operation.finished';
      operation: string;
      environment: string;
      status: 'succeeded' | 'failed' | 'cancelled';
      elapsedMs: number;
      error?: ErrorDocument;
    }
  /** Something about the config that is worth a look but does not stop the operation. */
  | { type: 'config.warning'; problem: ConfigProblem }
  /** A step of an operation, for people: "observe", "wake", "connect". Phases do not nest. */
  | { type: 'phase.started'; phase: string; title: string }
  | { type: 'phase.finished'; phase: string; elapsedMs: number; ok: boolean }
  | { type: 'change.started'; change: string; title: string }
  /** A sentence about what a running change waits for. */
  | { type: 'change.progress'; change: string; message: string; progress?: ProgressAmount }
  | { type: 'change.applied'; change: string; elapsedMs: number }
  | { type: 'change.skipped'; change: string; reason: string }
  | { type: 'change.failed'; change: string; error: ErrorDocument }
  /** One request to a platform's API. `path` carries no query values that could be secret. */
  | {
      type: 'api.request';
      method: string;
      path: string;
      status?: number;
      elapsedMs: number;
      attempt: number;
      requestId?: string;
      error?: string;
    }
  /** A request is going to be repeated after `delayMs`. */
  | { type: 'api.retry'; method: string; path: string; reason: string; delayMs: number; attempt: number }
  /** Somebody else holds the right to change a resource; the operation waits for it. */
  | { type: 'lock.waiting'; resource: string; holder: string; description?: string; expiresAt?: string }
  /** A line that the environment itself wrote. */
  | { type: 'log.line'; source: string; message: string; timestamp?: string }
  | { type: 'notice'; level: 'info' | 'warning'; code: string; message: string };

/** How far a change is, where the platform tells: for a bar. */
export interface ProgressAmount {
  done: number;
  /** `null` when nobody knows. */
  total: number | null;
  unit: 'bytes' | 'steps';
}

/** The `type` of every event. */
export type SindriEventType = SindriEvent['type'];

/** Receives events. Called synchronously; what it throws is ignored. */
export type Emit = (event: SindriEvent) => void;
