import type { JsonShapes, Provider, ProviderShapes, ProviderV1 } from './contract.js';
import { CAPABILITIES } from './shape.js';

/** A provider in its own shapes. Without `capabilities` they are those whose members are there. */
export type ProviderParts<S extends ProviderShapes = JsonShapes> = Omit<ProviderV1<S>, 'capabilities'> &
  Partial<Pick<ProviderV1<S>, 'capabilities'>>;

/**
 * Checks the literal against the contract, with the provider's own shapes, and hands it to the rest of the world without them:
 * `defineProvider<MyShapes>({ … })`. The one place where they are erased, so that a provider needs no cast anywhere.
 */
export function defineProvider<S extends ProviderShapes = JsonShapes>(provider: ProviderParts<S>): Provider {
  const { capabilities = CAPABILITIES.filter((name) => provider[name] !== undefined) } = provider;
  return { ...provider, capabilities } as unknown as Provider;
}
