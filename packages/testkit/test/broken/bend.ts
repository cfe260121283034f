import type { Provider } from '@sindri/core';
import type { ReferencePlatform } from '../../src/reference/platform.js';

/** Spoils one thing about the reference provider. */
export type Bend = (provider: Provider, platform: ReferencePlatform) => Partial<Provider>;

/** By the name of the one case that must notice. */
export type BrokenProviders = Readonly<Record<string, Bend>>;

/** A signal that nobody ever aborts, for providers that ignore the one they get. */
export function deafSignal(): AbortSignal {
  return new AbortController().signal;
}
