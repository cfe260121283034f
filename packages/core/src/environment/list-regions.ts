import { coreError } from '../model/core-error.js';
import type { PlatformRegion } from '../model/region.js';
import { callProvider, misbehaved } from '../provider/call.js';
import type { Provider } from '../provider/contract.js';
import { redactError } from '../redact/redacted.js';
import { abortable } from '../abortable.js';
import { explainEnd } from './operation.js';
import { openOutside, type OutsideOptions } from './outside.js';

/** Where to ask, and what the provider may know of the outside. No config is needed. */
export interface ListRegionsOptions extends OutsideOptions {
  provider: Provider;
}

/**
 * Where a provider can run environments now, the nearest first. Changes nothing. Rejects with `CAPABILITY_UNSUPPORTED` for one without the
 * capability `regions`, and with `PROVIDER_BROKEN` for an answer that is no list of regions.
 */
export async function listRegions(options: ListRegionsOptions): Promise<PlatformRegion[]> {
  const { provider } = options;
  const { context, redactor, signal } = openOutside(provider, options);
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
