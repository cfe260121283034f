import assert from 'node:assert/strict';
import { isSindriError, type Change, type SindriError } from '@sindri/core';

const CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/;
const KINDS = ['usage', 'refused', 'auth', 'incomplete', 'policy', 'cancelled', 'transport', 'internal'];

/** Waits for a rejection and returns it; fails when there is none. */
export async function rejectionOf(promise: Promise<unknown>, what: string): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  assert.fail(`${what} must reject, but it succeeded`);
}

/** Fails unless `error` is what a contract method may reject with. */
export function assertSindriError(error: unknown, what: string): asserts error is SindriError {
  assert.ok(
    isSindriError(error),
    `${what} must reject with a SindriError, but it rejected with ${describeThrown(error)}`,
  );
  assert.match(error.code, CODE, `${what}: the error code must be upper-case words with the provider's area in front`);
  assert.ok(KINDS.includes(error.kind), `${what}: "${error.kind}" is no kind of error`);
  assert.notEqual(error.message.trim(), '', `${what}: the error must say what happened`);
}

/** Fails unless `error` says that the caller has cancelled: the signal's own reason, an abort error, or kind `cancelled`. */
export function assertCancelled(error: unknown, signal: AbortSignal, what: string): void {
  const cancelled =
    error === signal.reason ||
    (isSindriError(error) && error.kind === 'cancelled') ||
    (error as { name?: unknown } | null)?.name === 'AbortError';
  assert.ok(cancelled, `${what} must reject as cancelled, but it rejected with ${describeThrown(error)}`);
}

/** What `value` is after a trip through JSON; fails when something is lost on the way. */
export function assertJson(value: unknown, what: string): void {
  const problem = findNonJson(value, what);
  assert.equal(problem, undefined, problem);
}

function findNonJson(value: unknown, path: string): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || value === undefined)
    return undefined;
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : `${path} is ${value}, which JSON cannot hold`;
  if (typeof value !== 'object') return `${path} is a ${typeof value}, which JSON cannot hold`;
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain = Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!plain) return `${path} is an instance of ${value.constructor.name}, which JSON cannot hold`;
  for (const [key, item] of Object.entries(value)) {
    const problem = findNonJson(item, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Fails when one of `secrets` appears anywhere in `value`: keys, texts, causes, stacks. */
export function assertNoSecret(value: unknown, secrets: readonly string[], what: string): void {
  const seen = new Set<unknown>();
  const search = (item: unknown, path: string): void => {
    if (typeof item === 'string') {
      const found = secrets.some(
        (secret) => item.includes(secret) || item.includes(JSON.stringify(secret).slice(1, -1)),
      );
      assert.ok(!found, `a secret value appears in ${path}`);
    }
    if (typeof item !== 'object' || item === null || seen.has(item)) return;
    seen.add(item);
    for (const key of Reflect.ownKeys(item)) {
      if (typeof key === 'string') search(key, `a key of ${path}`);
      search((item as Record<PropertyKey, unknown>)[key], `${path}.${String(key)}`);
    }
  };
  search(value, what);
}

/** `create volume:home, start machine:dev`, for messages. */
export function listChanges(changes: readonly Change[]): string {
  return changes.length === 0 ? 'nothing' : changes.map(({ id }) => id).join(', ');
}

/** Where two specs differ, for messages: `resources.memoryMb`. */
export function differenceOf(one: object, other: object): string {
  const paths: string[] = [];
  const compare = (first: unknown, second: unknown, path: string): void => {
    if (isRecord(first) && isRecord(second)) {
      for (const key of Object.keys({ ...first, ...second })) {
        if (key !== 'origins') compare(first[key], second[key], path === '' ? key : `${path}.${key}`);
      }
    } else if (JSON.stringify(first) !== JSON.stringify(second)) paths.push(path);
  };
  compare(one, other, '');
  return paths.join(', ') || 'nothing';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function describeThrown(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
