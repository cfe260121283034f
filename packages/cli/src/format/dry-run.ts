import type { Plan } from '@sindri/core';
import type { Style } from '../style.js';
import { formatPlan } from './plan.js';

/** The answer of any change with `--dry-run`. */
export function formatDryRun(plan: Plan, style: Style): string {
  const text = formatPlan(plan, style);
  return plan.changes.length === 0 ? text : `${text}\n\nNothing was changed (--dry-run).`;
}
