import type { Intent, ProviderPlan, SecretInfo } from '@sindri/core';
import type { ChangePayload, FlySpec } from '../../../src/model.js';
import { planFly } from '../../../src/planner/index.js';
import type { FlyWorld } from './fly-world.js';

export type FlyPlan = ProviderPlan<ChangePayload>;

export interface PlanCall {
  intent?: 'deploy' | 'destroy' | 'volume.extend';
  secrets?: readonly SecretInfo[];
  keep?: string[];
  adopt?: boolean;
  /** With `volume.extend`. */
  sizeGb?: number;
  volume?: string;
}

export function planOn(world: FlyWorld, spec: FlySpec, call: PlanCall = {}): FlyPlan {
  return planFly({ ...intentOf(call), spec, secrets: call.secrets ?? [] }, world.observe(spec));
}

function intentOf({ intent = 'deploy', keep, adopt = false, sizeGb = 0, volume }: PlanCall): Intent {
  const adopting = adopt ? { adopt } : {};
  if (intent === 'deploy') return { intent, ...adopting };
  if (intent === 'destroy') return { intent, ...(keep === undefined ? {} : { keep }), ...adopting };
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
