import type { Intent, ProviderPlan, SecretInfo } from '@sindri/core';
import type { ChangePayload, FlySpec } from '../../../src/model.js';
import { planFly } from '../../../src/planner/index.js';
import type { FlyWorld } from './fly-world.js';

export type FlyPlan = ProviderPlan<ChangePayload>;

export interface PlanCall {
  intent?: 'deploy' | 'destroy' | 'volume.extend';
  secrets?: readonly SecretInfo[];
  keep?: string[];
  /** With `volume.extend`. */
  sizeGb?: number;
  volume?: string;
}

export function planOn(world: FlyWorld, spec: FlySpec, call: PlanCall = {}): FlyPlan {
  return planFly({ ...intentOf(call), spec, secrets: call.secrets ?? [] }, world.observe(spec));
}

function intentOf({ intent = 'deploy', keep, sizeGb = 0, volume }: PlanCall): Intent {
  if (intent === 'deploy') return { intent };
  if (intent === 'destroy') return { intent, ...(keep === undefined ? {} : { keep }) };
  return { intent, sizeGb, ...(volume === undefined ? {} : { volume }) };
}

/** Plans and applies. */
export function deploy(world: FlyWorld, spec: FlySpec, call: PlanCall = {}): FlyPlan {
  const plan = planOn(world, spec, call);
  world.apply(plan.changes, call.secrets);
  return plan;
}

export function idsOf(plan: FlyPlan): string[] {
  return plan.changes.map(({ id }) => id);
}

export function codesOf(plan: FlyPlan): string[] {
  return plan.notes.map(({ code }) => code);
}
