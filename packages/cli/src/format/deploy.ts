import type { EnvironmentSummary } from '@sindri/core';
import type { DeployResult } from '../operations/deploy.js';
import type { Style } from '../style.js';
import { formatCost } from './money.js';
import { formatPlan } from './plan.js';
import { shownAddress, stateText } from './status.js';
import { duration } from './time.js';

/** The end of a deploy: what is there now and how to use it. */
export function formatDeploy(result: DeployResult, style: Style, commands: NextCommands): string {
  if (result.status === 'planned') {
    const plan = formatPlan(result.plan, style);
    return result.plan.changes.length === 0 ? plan : `${plan}\n\nNothing was changed (--dry-run).`;
  }
  const { summary, report } = result;
  if (summary === null) return '';
  const head =
    result.status === 'unchanged'
      ? `${style.green('✓')} Nothing to do: ${style.bold(summary.environment)} is as sindri.yaml wants it.`
      : summary.state !== 'creating'
        ? `${style.green('✓')} ${style.bold(summary.environment)} is deployed (${duration(report?.elapsedMs ?? 0)}).`
        : // Not waited for (--detach).
          `${style.green('✓')} Everything for ${style.bold(summary.environment)} is ordered (${duration(report?.elapsedMs ?? 0)}).`;
  return [
    [head, `  ${style.dim('State')}    ${stateText(summary, style)}`, ...addressLines(summary, style)].join('\n'),
    ...(summary.cost === null ? [] : [formatCost(summary.cost, style)]),
    ['Next:', `  ${commands.connect}    a shell on it`, `  ${commands.status}     what it is doing`].join('\n'),
  ].join('\n\n');
}

/** The commands to offer, with the options that lead to this environment. */
export interface NextCommands {
  connect: string;
  status: string;
}

function addressLines(summary: EnvironmentSummary, style: Style): string[] {
  const [first] = summary.addresses;
  return first === undefined ? [] : [`  ${style.dim('Address')}  ${shownAddress(first)}`];
}
