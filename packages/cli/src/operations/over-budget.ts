import type { Plan } from '@sindri/core';
import { formatPlan } from '../format/plan.js';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';

/** Shows a plan that costs more than it may, and then throws `PLAN_OVER_BUDGET`: who is refused wants to see what. */
export function showOverBudget(plan: Plan, shown: Plan, shell: Shell): void {
  if (plan.budget === undefined) return;
  try {
    core().requireWithinBudget(plan);
  } catch (error) {
    shell.say((style) => `${formatPlan(shown, style)}\n`);
    throw error;
  }
}
