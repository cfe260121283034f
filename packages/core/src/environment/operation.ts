import type { Clock, OperationContext } from '../model/context.js';
import { type SindriError, isSindriError } from '../model/errors.js';
import { toSindriError } from '../model/to-sindri-error.js';
import type { Emit, SindriEvent } from '../model/events.js';
import type { Redactor } from '../redact/redactor.js';
import { redactError, redactEvent } from '../redact/redacted.js';
import { abortable } from '../abortable.js';
import { followSignals, type FollowedSignal } from './follow-signals.js';
import { coreError } from '../model/core-error.js';

/** What a caller may give to a single call. */
export interface CallOptions {
  /** Ends this call. The environment's own signal ends it, too. */
  signal?: AbortSignal;
  /** Gets the events of this call, after the environment's own listener. */
  onEvent?: Emit;
}

/** What all operations of one environment share. */
export interface OperationHost {
  environment: string;
  provider: string;
  redactor: Redactor;
  env: Readonly<Record<string, string | undefined>>;
  stateDir: string;
  clock: Clock;
  random: () => number;
  dispatcher?: object;
  onEvent?: Emit;
  signal?: AbortSignal;
}

export interface OperationSettings<T = unknown> {
  /** `plan`, `apply`, `session`: the `operation` of the events. */
  name: string;
  /**
   * Whether the body ends by itself in good time after an abort. Without it the caller is answered at once, and what the
   * body does afterwards is nobody's concern any more.
   */
  waitsForBody?: boolean;
  /** When the result is over, for one that lives on and still follows the caller's signal, as a session does. */
  endOf?: (result: T) => Promise<unknown>;
  /** Ends the operation with `OPERATION_TIMED_OUT`. Default: no limit. */
  timeoutMs?: number;
}

/** An operation under way: told as started, not yet as finished. */
export interface RunningOperation {
  context: OperationContext;
  /** Tells the end. */
  succeed(): void;
  /** Tells the end, and returns what the caller is to be told: redacted, and named by how it ended. Releases. */
  fail(thrown: unknown): SindriError;
  /** Lets go of the caller's signal. */
  release(): void;
}

/**
 * Runs one operation: announces its start and end, gives the body its context, and lets nothing out unredacted, neither
 * events nor errors. Cancelled (`OPERATION_CANCELLED`), timed out (`OPERATION_TIMED_OUT`) and failed stay three different things.
 */
export async function runOperation<T>(
  host: OperationHost,
  settings: OperationSettings<T>,
  options: CallOptions,
  body: (context: OperationContext) => Promise<T>,
): Promise<T> {
  const operation = beginOperation(host, settings, options);
  try {
    const running = body(operation.context);
    const result = await (settings.waitsForBody ? running : abortable(running, operation.context.signal));
    operation.succeed();
    if (settings.endOf === undefined) operation.release();
    else settings.endOf(result).then(operation.release, operation.release);
    return result;
  } catch (thrown) {
    throw operation.fail(thrown);
  }
}

/** The start of {@link runOperation}, for what does not end with one promise. Throws when the caller has aborted already. */
export function beginOperation(
  host: OperationHost,
  settings: Pick<OperationSettings, 'name' | 'timeoutMs'>,
  options: CallOptions,
): RunningOperation {
  const { environment, provider, clock, redactor } = host;
  const operation = settings.name;
  const limit = createTimeLimit(clock, settings.timeoutMs);
  const { signal, release: unfollow } = followSignals([options.signal, host.signal, limit.signal]);
  const release = (): void => {
    unfollow();
    limit.release?.();
  };
  // Already cancelled: nothing happens, not even an event.
  if (signal.aborted) {
    release();
    throw redactError(redactor, explainEnd(signal.reason, signal));
  }
  const emit = createEmit(redactor, [host.onEvent, options.onEvent]);
  const started = clock.now();
  const finished = { type: 'operation.finished', operation, environment } as const;
  emit({ type: 'operation.started', operation, environment, provider });
  return {
    context: {
      signal,
      emit,
      hide: redactor.add,
      clock,
      random: host.random,
      env: host.env,
      stateDir: host.stateDir,
      ...(host.dispatcher === undefined ? {} : { dispatcher: host.dispatcher }),
    },
    succeed: () => emit({ ...finished, status: 'succeeded', elapsedMs: clock.now() - started }),
    fail(thrown) {
      const error = redactError(redactor, explainEnd(thrown, signal));
      const status = error.kind === 'cancelled' ? 'cancelled' : 'failed';
      emit({ ...finished, status, elapsedMs: clock.now() - started, error: error.toJSON() });
      release();
      return error;
    },
    release,
  };
}

function createTimeLimit(clock: Clock, timeoutMs: number | undefined): Partial<FollowedSignal> {
  if (timeoutMs === undefined) return {};
  const limit = new AbortController();
  const stop = new AbortController();
  const over = (): void => limit.abort(new DOMException(`longer than ${timeoutMs} ms`, 'TimeoutError'));
  clock.sleep(timeoutMs, stop.signal).then(over, () => undefined);
  return { signal: limit.signal, release: () => stop.abort() };
}

/** Reports a step of an operation as a phase. `succeeded` judges a result that came without an exception. */
export async function runPhase<T>(
  context: OperationContext,
  phase: string,
  title: string,
  body: () => Promise<T>,
  succeeded: (result: T) => boolean = () => true,
): Promise<T> {
  const started = context.clock.now();
  let ok = false;
  context.emit({ type: 'phase.started', phase, title });
  try {
    const result = await body();
    ok = succeeded(result);
    return result;
  } finally {
    context.emit({ type: 'phase.finished', phase, elapsedMs: context.clock.now() - started, ok });
  }
}

/** What an operation that ended with `thrown` is to be called, given whether its caller has aborted it. */
export function explainEnd(thrown: unknown, signal: AbortSignal): SindriError {
  if (!signal.aborted) return toSindriError(thrown);
  if (isSindriError(thrown) && (thrown.kind === 'cancelled' || thrown.code === 'OPERATION_TIMED_OUT')) return thrown;
  const reason: unknown = signal.reason;
  if (isSindriError(reason)) return reason;
  const named = toSindriError(reason);
  if (named.code === 'OPERATION_TIMED_OUT') return named;
  return coreError({
    code: 'OPERATION_CANCELLED',
    kind: 'cancelled',
    message: 'The operation was cancelled.',
    hint: 'Run the same command again: it looks at what exists and continues from there.',
    cause: thrown,
  });
}

/** An `Emit` that redacts, and that no listener can break: what one throws, at once or later, is ignored. */
export function createEmit(redactor: Redactor, listeners: (Emit | undefined)[]): Emit {
  return (event: SindriEvent) => {
    const safe = redactEvent(redactor, event);
    for (const listener of listeners) {
      try {
        const answer: unknown = listener?.(safe);
        if (answer instanceof Promise) answer.catch(() => undefined);
      } catch {
        // The contract of Emit: a listener is told, it has no say.
      }
    }
  };
}
