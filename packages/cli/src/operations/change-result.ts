import type { ApplyReport, EnvironmentSummary, IntentName, Plan } from '@sindri/core';
import type { Walked } from './change.js';

/** How a change ended that is neither a deploy nor a destroy. */
export interface ChangeResult {
  schema: 'sindri.change/1';
  environment: string;
  provider: string;
  intent: IntentName;
  /** `planned` with `--dry-run`; `unchanged` when there was nothing to do. */
  status: 'applied' | 'unchanged' | 'planned';
  plan: Plan;
  report: ApplyReport | null;
  /** What is there afterwards; `null` with `planned`. */
  summary: EnvironmentSummary | null;
}

/** The answer of a road at whose end somebody asked for the status. */
export function changeResult({ status, plan, report, seen }: Walked<EnvironmentSummary>): ChangeResult {
  const { environment, provider, intent } = plan;
  return { schema: 'sindri.change/1', environment, provider, intent, status, plan, report, summary: seen };
}
