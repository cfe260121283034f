import type { Environment, Plan } from '@sindri/core';
import { formatProblem } from '../format/problems.js';
import type { Shell } from '../shell.js';

/** Says what is worth a look in the config, except for what the plan says itself. */
export function showWarnings(environment: Environment, plan: Plan, shell: Shell): void {
  const told = new Set(plan.notes.map(({ message }) => message));
  const warnings = environment.warnings.filter(({ message }) => !told.has(message));
  if (warnings.length > 0) shell.say((style) => `${warnings.map((one) => formatProblem(one, style)).join('\n')}\n`);
}
