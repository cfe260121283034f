import { resolve } from 'node:path';
import { systemClock } from '../clock.js';
import type { OperationContext } from '../model/context.js';
import { coreError } from '../model/core-error.js';
import type { PlatformRegion } from '../model/region.js';
import { callProvider, misbehaved } from '../provider/call.js';
import type { Provider } from '../provider/contract.js';
import { redactError } from '../redact/redacted.js';
import { createRedactor } from '../redact/redactor.js';
import { secretValues } from '../redact/secret-names.js';
import { defaultStateDir } from '../state/directory.js';
import { abortable } from './follow-signals.js';
import { createEmit, explainEnd } from './operation.js';
import type { OpenSignInOptions } from './open-sign-in.js';

/** Where to ask, and what the provider may know of the outside. No config is needed. */
export type ListRegionsOptions = OpenSignInOptions;

/**
 * Where a provider can run environments now, the nearest first. Changes nothing. Rejects with `CAPABILITY_UNSUPPORTED` for one without the
 * capability `regions`, and with `PROVIDER_BROKEN` for an answer that is no list of regions.
 */
export async function listRegions(options: ListRegionsOptions): Promise<PlatformRegion[]> {
  const { provider, env, signal = new AbortController().signal } = options;
  const redactor = options.redactor ?? createRedactor();
  for (const value of secretValues(env)) redactor.add(value);
  for (const pattern of provider.secretPatterns ?? []) redactor.addPattern(pattern);
  const context: OperationContext = {
    signal,
    emit: createEmit(redactor, [options.onEvent]),
    hide: redactor.add,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    env,
    stateDir: resolve(options.stateDir ?? defaultStateDir(env)),
    ...(options.dispatcher === undefined ? {} : { dispatcher: options.dispatcher }),
  };
  try {
    signal.throwIfAborted();
    const asked = callProvider(provider, 'regions', () => requireRegions(provider)(context));
    return redactor.value(requireList(provider, await abortable(asked, signal)));
  } catch (error) {
    throw redactError(redactor, explainEnd(error, signal));
  }
}

function requireRegions(provider: Provider): NonNullable<Provider['regions']> {
  const { regions, name, capabilities } = provider;
  if (regions !== undefined) return regions.bind(provider);
  throw coreError({
    code: 'CAPABILITY_UNSUPPORTED',
    kind: 'usage',
    message: `The provider "${name}" has no regions to choose from.`,
    details: { provider: name, capability: 'regions', capabilities: [...capabilities] },
  });
}

function requireList(provider: Provider, value: PlatformRegion[]): PlatformRegion[] {
  const isRegion = ({ code, name, area, distanceKm, room }: Partial<PlatformRegion>): boolean =>
    typeof code === 'string' &&
    typeof name === 'string' &&
    (area === null || typeof area === 'string') &&
    (distanceKm === null || typeof distanceKm === 'number') &&
    (room === null || typeof room === 'boolean');
  if (Array.isArray(value) && value.every((one) => isRegion(Object(one)))) return value;
  throw misbehaved(provider, 'regions', 'it returned no list of regions.');
}
