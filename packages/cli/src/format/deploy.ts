import type { CostSummary, EnvironmentSummary } from '@sindri/core';
import type { DeployResult } from '../operations/deploy.js';
import type { Style } from '../style.js';
import { formatDryRun } from './dry-run.js';
import { formatCost } from './money.js';
import { shownAddress, stateText } from './status.js';
import { duration } from './time.js';

/** The end of a deploy: what is there now and how to use it. */
export function formatDeploy(result: DeployResult, style: Style, commands: NextCommands): string {
  const { summary } = result;
  if (result.status === 'planned') return formatDryRun(result.plan, style);
  if (summary === null) return '';
  return [
    [headline(result, summary, style), `  State    ${stateText(summary, style)}`]
      .concat(addressLines(summary), installationLines(result))
      .join('\n'),
    // The plan has said it.
    ...(summary.cost === null || isTold(summary.cost, result) ? [] : [formatCost(summary.cost, style)]),
    nextLines(commands),
  ]
    .filter((section) => section !== '')
    .join('\n\n');
}

function installationLines({ installation }: DeployResult): string[] {
  if (installation === null) return [];
  const took = duration(installation.elapsedMs);
  const said = {
    installed: `extensions are installed (${took})`,
    detached: 'extensions are being installed; a guard inside keeps it awake until then',
    expired: `extensions were not installed within ${took}`,
    interrupted: 'it was stopped before its extensions were installed',
    unprotected: 'nothing keeps it awake while its extensions are being installed',
  };
  return [`  Install  ${said[installation.status]}`];
}

/** Whether the plan that was shown has this very cost. */
function isTold(cost: CostSummary, { status, plan }: DeployResult): boolean {
  const told = status === 'deployed' ? plan.cost : null;
  return told?.monthlyRunning === cost.monthlyRunning && told.monthlyIdle === cost.monthlyIdle;
}

/** The commands to offer, with the options that lead to this environment. */
export interface NextCommands {
  /** Absent where the provider has no sessions. */
  connect?: string;
  status: string;
}

function headline({ status, report }: DeployResult, { environment, state }: EnvironmentSummary, style: Style): string {
  const name = style.bold(environment);
  const took = duration(report?.elapsedMs ?? 0);
  if (status === 'unchanged') return `${style.green('✓')} Nothing to do: ${name} matches sindri.yaml.`;
  // Not waited for (--detach).
  if (state === 'creating') return `${style.green('✓')} The platform has accepted all changes to ${name} (${took}).`;
  return `${style.green('✓')} ${name} is deployed (${took}).`;
}

function nextLines({ connect, status }: NextCommands): string {
  const width = Math.max(connect?.length ?? 0, status.length);
  return [
    'Next:',
    ...(connect === undefined ? [] : [`  ${connect.padEnd(width)}   a shell on it`]),
    `  ${status.padEnd(width)}   what it is doing`,
  ].join('\n');
}

function addressLines(summary: EnvironmentSummary): string[] {
  const [first] = summary.addresses;
  return first === undefined ? [] : [`  Address  ${shownAddress(first)}`];
}
