import { SindriError, isSindriError } from '../model/errors.js';
import type { SindriEvent } from '../model/events.js';
import type { Outcome } from '../model/plan.js';
import type { Redactor } from './redactor.js';

/** Members of an event that are identifiers of ours or of the plan: hiding part of one would break who matches on it. */
const IDENTIFIERS: ReadonlySet<string> = new Set([
  'type',
  'operation',
  'environment',
  'provider',
  'change',
  'status',
  'level',
]);

const MAXIMUM_DEPTH = 16;

/** A copy of `event` in which no text contains a secret. */
export function redactEvent(redactor: Redactor, event: SindriEvent): SindriEvent {
  return Object.fromEntries(
    Object.entries(event).map(([key, item]) => [key, IDENTIFIERS.has(key) ? item : (redactor.value(item) as unknown)]),
  ) as SindriEvent;
}

/** A copy of `outcome` in which no text but the id of its change can be hidden. */
export function redactOutcome(redactor: Redactor, outcome: Outcome): Outcome {
  const { change, ...rest } = outcome;
  return { ...redactor.value(rest), change, status: outcome.status } as Outcome;
}

/**
 * A copy of `error` in which no text contains a secret: message, hint, details, stack, and the whole chain of causes,
 * whatever they are.
 */
export function redactError(redactor: Redactor, error: SindriError): SindriError {
  return redactThrown(redactor, error, new Map(), 0) as SindriError;
}

function redactThrown(redactor: Redactor, value: unknown, seen: Map<object, unknown>, depth: number): unknown {
  if (typeof value === 'string') return redactor.text(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
  if (seen.has(value)) return seen.get(value);
  if (depth > MAXIMUM_DEPTH) return undefined;
  if (value instanceof Error || isErrorLike(value)) return redactErrorObject(redactor, value, seen, depth);
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
  seen.set(value, copy);
  // Only plain data can be copied; a socket or a response inside a cause would drag its secrets along.
  if (!Array.isArray(value) && !isPlain(value)) return undefined;
  for (const [key, item] of Object.entries(value)) {
    (copy as Record<string, unknown>)[redactor.text(key)] = redactThrown(redactor, item, seen, depth + 1);
  }
  return copy;
}

function redactErrorObject(redactor: Redactor, error: Error, seen: Map<object, unknown>, depth: number): Error {
  const copy = isSindriError(error) ? copySindriError(redactor, error) : copyError(redactor, error);
  seen.set(error, copy);
  for (const [key, item] of Object.entries(error)) {
    if (key in copy && key !== 'errors') continue;
    define(copy, key, redactThrown(redactor, item, seen, depth + 1));
  }
  if (error instanceof AggregateError) {
    define(
      copy,
      'errors',
      error.errors.map((item: unknown) => redactThrown(redactor, item, seen, depth + 1)),
    );
  }
  if (error.cause !== undefined) define(copy, 'cause', redactThrown(redactor, error.cause, seen, depth + 1));
  if (typeof error.stack === 'string') define(copy, 'stack', redactor.text(error.stack));
  return copy;
}

function copySindriError(redactor: Redactor, error: SindriError): SindriError {
  return new SindriError({
    code: error.code,
    kind: error.kind,
    message: redactor.text(error.message),
    hint: error.hint === undefined ? undefined : redactor.text(error.hint),
    retryable: error.retryable,
    details: redactor.value(error.details),
  });
}

function copyError(redactor: Redactor, error: Error): Error {
  const copy = new Error(redactor.text(String(error.message)));
  define(copy, 'name', typeof error.name === 'string' ? redactor.text(error.name) : 'Error');
  return copy;
}

function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, configurable: true, writable: true, enumerable: false });
}

/** Errors of another realm (a test runner, a worker) are no instances of our `Error`. */
function isErrorLike(value: object): value is Error {
  const { message, stack } = value as { message?: unknown; stack?: unknown };
  return typeof message === 'string' && typeof stack === 'string';
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
