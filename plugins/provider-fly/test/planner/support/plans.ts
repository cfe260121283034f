import type { EnvironmentSpec, ProviderPlan, SecretInfo } from '@sindri/core';
import { planFly } from '../../../src/planner/index.js';
import type { FlyWorld } from './fly-world.js';

export interface PlanCall {
  intent?: 'deploy' | 'destroy';
  secrets?: readonly SecretInfo[];
  keep?: string[];
}

export function planOn(world: FlyWorld, spec: EnvironmentSpec, call: PlanCall = {}): ProviderPlan {
  const { intent = 'deploy', secrets = [], keep } = call;
  const wanted = intent === 'deploy' ? { intent } : { intent, ...(keep === undefined ? {} : { keep }) };
  return planFly({ ...wanted, spec, secrets }, world.observe(spec));
}

/** Plans and applies. */
export function deploy(world: FlyWorld, spec: EnvironmentSpec, call: PlanCall = {}): ProviderPlan {
  const plan = planOn(world, spec, call);
  world.apply(plan.changes, call.secrets);
  return plan;
}

export function idsOf(plan: ProviderPlan): string[] {
  return plan.changes.map(({ id }) => id);
}

export function codesOf(plan: ProviderPlan): string[] {
  return plan.notes.map(({ code }) => code);
}
