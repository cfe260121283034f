import type { Observation, PlanRequest, Provider, ProviderPlan } from '@sindri/core';
import type { ReferencePlatform } from '../../src/reference/platform.js';

/** Spoils one thing about the reference provider. */
export type Bend = (provider: Provider, platform: ReferencePlatform) => Partial<Provider>;

/** By the name of the one case that must notice; several ways to break one promise have a title each. */
export type BrokenProviders = Readonly<Record<string, Bend | Readonly<Record<string, Bend>>>>;

/** The member of a provider that has every one. */
export function of<T>(member: T | undefined): T {
  return member as T;
}

/** Changes the request of every plan, the plan of it, or both. */
export function planning(
  change: (planned: ProviderPlan, request: PlanRequest, seen: Observation) => ProviderPlan,
): Bend {
  return ({ plan }) => ({ plan: (request, seen) => change(plan(request, seen), request, seen) });
}

/** A signal that nobody ever aborts, for providers that ignore the one they get. */
export function deafSignal(): AbortSignal {
  return new AbortController().signal;
}
