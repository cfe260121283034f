import type { EnvironmentSummary } from '@sindri/core';
import type { ChangeResult } from '../operations/change-result.js';
import type { Style } from '../style.js';
import { formatDryRun } from './dry-run.js';
import { formatNote } from './plan.js';
import { formatSize, stateText } from './status.js';
import { duration } from './time.js';

/** The end of a change that is neither a deploy nor a destroy: what was done, and what is there now. */
export function formatChangeResult({ status, plan, report, summary }: ChangeResult, style: Style): string {
  if (status === 'planned' || summary === null) return formatDryRun(plan, style);
  const name = style.bold(plan.environment);
  const count = plan.changes.length;
  const head =
    report === null
      ? `${style.green('✓')} Nothing to do for ${name}.`
      : `${style.green('✓')} ${name}: ${count} ${count === 1 ? 'change' : 'changes'} applied (${duration(report.elapsedMs)}).`;
  // What was asked for, and is nothing to do: the plan itself was not shown.
  const why = report === null ? plan.notes.map((note) => formatNote(note, style)) : [];
  return [head, ...why, ...whatIsThere(summary, style)].join('\n');
}

function whatIsThere(summary: EnvironmentSummary, style: Style): string[] {
  const size = formatSize(summary.resources);
  return [`  State    ${stateText(summary, style)}`, ...(size === null ? [] : [`  Size     ${size}`])];
}
