import { type SindriError, isSindriError } from '../model/errors.js';
import { toSindriError } from '../model/to-sindri-error.js';
import type { Observation } from '../model/observation.js';
import type { ApplyResult, Provider } from './contract.js';
import { coreError } from '../model/core-error.js';

const STATUSES = ['present', 'absent', 'unobserved'];

/**
 * Runs a method of a provider, which may be anybody's code: a `SindriError` passes, an abort or a timeout is told as such,
 * and anything else becomes `PROVIDER_BROKEN` with the names of the provider and the method.
 */
export async function callProvider<T>(provider: Provider, method: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw explainThrown(provider, method, error);
  }
}

/** {@link callProvider} for the methods that answer at once. */
export function callProviderNow<T>(provider: Provider, method: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw explainThrown(provider, method, error);
  }
}

/** A `PROVIDER_BROKEN` error about what a provider did at run time. */
export function misbehaved(provider: Provider, method: string, what: string, cause?: unknown): SindriError {
  return coreError({
    code: 'PROVIDER_BROKEN',
    kind: 'internal',
    message: `The provider "${provider.name}" failed in ${method}: ${what}`,
    hint: `This is a bug in the provider "${provider.name}". Please tell its authors.`,
    details: { provider: provider.name, method },
    cause,
  });
}

/** Refuses an observation that the rest of core could not rely on. */
export function requireObservation(provider: Provider, environment: string, value: Observation): Observation {
  const bad = (what: string): SindriError => misbehaved(provider, 'observe', what);
  if (typeof value !== 'object' || value === null || !Array.isArray(value.resources)) {
    throw bad('it returned no list of resources.');
  }
  if (value.environment !== environment) throw bad(`it observed "${value.environment}" instead of "${environment}".`);
  const ids = new Set<string>();
  for (const resource of value.resources) {
    if (!STATUSES.includes(resource.status))
      throw bad(`the resource "${resource.id}" has the status "${resource.status}".`);
    if (ids.has(resource.id)) throw bad(`it reported the resource "${resource.id}" twice.`);
    ids.add(resource.id);
  }
  return value;
}

/** Refuses a result of `apply` that says nothing. */
export function requireApplyResult(provider: Provider, change: string, value: ApplyResult): ApplyResult {
  const status: unknown = (value as Partial<ApplyResult> | null | undefined)?.status;
  if (status !== 'applied' && status !== 'skipped') {
    throw misbehaved(provider, 'apply', `the change "${change}" ended as ${JSON.stringify(status) ?? 'nothing'}.`);
  }
  return typeof value.result === 'object' && value.result !== null ? value : { ...value, result: {} };
}

function explainThrown(provider: Provider, method: string, error: unknown): SindriError {
  const known = toSindriError(error);
  if (isSindriError(error) || known.code !== 'UNEXPECTED') return known;
  return misbehaved(provider, method, known.message, error);
}
