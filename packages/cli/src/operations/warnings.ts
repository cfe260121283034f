import type { ConfigProblem, Plan } from '@sindri/core';
import { formatProblem } from '../format/problems.js';
import type { Shell } from '../shell.js';

/** Says what is worth a look in the config, except for what the plan says itself. */
export function showWarnings(warnings: readonly ConfigProblem[], plan: Plan, shell: Shell): void {
  const told = new Set(plan.notes.map(({ message }) => message));
  const more = warnings.filter(({ message }) => !told.has(message));
  if (more.length > 0) shell.say((style) => `${more.map((one) => formatProblem(one, style)).join('\n')}\n`);
}
