import type { Provider } from './contract.js';

/** Returns `provider` unchanged: it lets an editor check the literal against the contract without losing its exact type. */
export function defineProvider<P extends Provider>(provider: P): P {
  return provider;
}
