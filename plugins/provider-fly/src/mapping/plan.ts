import type { Observation, PlanRequest, ProviderPlan } from '@sindri/core';

export function planFly(_request: PlanRequest, _observation: Observation): ProviderPlan {
  return { changes: [], notes: [], cost: null };
}
