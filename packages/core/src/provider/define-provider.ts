import type { JsonShapes, Provider, ProviderShapes, ProviderV1 } from './contract.js';

/**
 * Checks the literal against the contract, with the provider's own shapes, and hands it to the rest of the world without them:
 * `defineProvider<MyShapes>({ … })`. The one place where they are erased, so that a provider needs no cast anywhere.
 */
export function defineProvider<S extends ProviderShapes = JsonShapes>(provider: ProviderV1<S>): Provider {
  return provider as unknown as Provider;
}
