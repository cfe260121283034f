import type { Observation, PlanRequest, ProviderPlan } from '@sindri/core';
import { openObservation } from '../observed/open-observation.js';
import { planDeploy } from './deploy.js';
import { planDestroy } from './destroy.js';

/**
 * The steps from what was observed to what `request` wants. Pure and deterministic; over the result of an applied plan it is
 * empty.
 *
 * Throws where no step is safe, and then nothing may be touched: `FLY_VOLUME_ELSEWHERE`, `FLY_REGION_CHANGE`,
 * `FLY_VOLUME_MISSING`, `FLY_VOLUME_MISMATCH`, `FLY_VOLUME_IN_USE`, `FLY_MACHINE_NAME_TAKEN`, `FLY_SOURCE_BUILD`, and `PLAN_UNOBSERVED` when a step
 * would rest on something that could not be read.
 */
export function planFly(request: PlanRequest, observation: Observation): ProviderPlan {
  const observed = openObservation(request.spec, observation);
  return request.intent === 'destroy' ? planDestroy(request, observed) : planDeploy(request, observed);
}
