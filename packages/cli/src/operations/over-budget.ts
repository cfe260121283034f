import type { Plan } from '@sindri/core';
import { formatPlan } from '../format/plan.js';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';

/** Shows a plan that costs more than it may, and then throws `PLAN_OVER_BUDGET`: who is refused wants to see what. */
export function showOverBudget(plan: Plan, shown: Plan, shell: Shell): void {
  const refusal = overBudget(plan);
  if (refusal === null) return;
  shell.say((style) => `${formatPlan(shown, style)}\n`);
  throw refusal;
}

/** The `PLAN_OVER_BUDGET` of a plan that costs more than it may, else `null`. */
export function overBudget(plan: Plan): Error | null {
  if (plan.budget === undefined) return null;
  try {
    core().requireWithinBudget(plan);
    return null;
  } catch (error) {
    return error as Error;
  }
}
