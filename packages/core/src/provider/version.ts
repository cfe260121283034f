import { PROVIDER_API_VERSION } from './contract.js';
import { coreError } from '../model/core-error.js';

/** The contract versions that this core can serve. */
export const SUPPORTED_API_VERSIONS: readonly number[] = [PROVIDER_API_VERSION];

/**
 * Throws `PROVIDER_API_VERSION`, with both numbers and the fix, unless this core can serve a provider that was made for
 * contract version `apiVersion`. Runs before any other member of the provider is touched.
 */
export function requireSupportedApiVersion(provider: { name: string; origin: string; apiVersion: number }): void {
  const { name, origin, apiVersion } = provider;
  if (SUPPORTED_API_VERSIONS.includes(apiVersion)) return;
  const served = SUPPORTED_API_VERSIONS.join(' and ');
  throw coreError({
    code: 'PROVIDER_API_VERSION',
    kind: 'usage',
    message: `The provider "${name}" (${origin}) is made for provider contract version ${String(apiVersion)}, this Sindri serves version ${served}.`,
    hint:
      apiVersion > PROVIDER_API_VERSION
        ? `Update Sindri, or install a release of ${origin} that is made for version ${PROVIDER_API_VERSION}.`
        : `Update the plugin ${origin}, or ask its authors for a release that is made for version ${PROVIDER_API_VERSION}.`,
    details: { provider: name, origin, apiVersion, supported: [...SUPPORTED_API_VERSIONS] },
  });
}
