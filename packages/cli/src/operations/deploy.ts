import type {
  ApplyReport,
  Environment,
  EnvironmentState,
  EnvironmentSummary,
  JsonObject,
  Plan,
  Provider,
} from '@sindri/core';
import { plainCommand, type NextCommand } from '../next-commands.js';
import type { Shell } from '../shell.js';
import { walk, type ChangeRequest } from './change.js';
import { coreError } from '../error.js';
import { rememberImage } from './image-lock.js';
import { installationNote } from './left-installation.js';
import { protectInstallation, type Installation } from './protect-installation.js';

export interface DeployRequest extends ChangeRequest {
  /** Do not wait until the environment can be used. */
  detach: boolean;
  /** Take over what carries the names of this environment, but not its mark. */
  adopt?: boolean;
}

export interface DeployResult {
  schema: 'sindri.deploy/1';
  environment: string;
  provider: string;
  /** `planned` with `--dry-run`. */
  status: 'deployed' | 'unchanged' | 'planned';
  plan: Plan;
  report: ApplyReport | null;
  summary: EnvironmentSummary | null;
  /** How the installation of extensions ended or is protected; `null` where there was none to wait for. */
  installation: Installation | null;
}

/** Makes the environment what the config says. Rejects with `DEPLOY_INCOMPLETE` when it cannot be used afterwards. */
export async function deploy(environment: Environment, shell: Shell, request: DeployRequest): Promise<DeployResult> {
  const { detach, adopt } = request;
  const wanted = { intent: 'deploy', ...(adopt === true ? { adopt } : {}) } as const;
  const road = { wanted, detach, look: (after: Plan) => environment.status({ after }) };
  const { status, plan, report, seen } = await walk(environment, shell, road, request);
  if (status !== 'planned') await rememberImage(environment, plan, report, shell);
  if (seen !== null) requireUsable(environment, seen, report, request);
  const isLeft = async (): Promise<boolean> =>
    status === 'unchanged' && seen?.state === 'running' && installationNote(environment).isThere(shell.now());
  const mayInstall = status === 'applied' || (await isLeft());
  const installation = mayInstall ? await protectInstallation(environment, shell, detach) : null;
  return {
    schema: 'sindri.deploy/1',
    environment: plan.environment,
    provider: plan.provider,
    status: status === 'applied' ? 'deployed' : status,
    plan,
    report,
    summary: seen,
    installation,
  };
}

/** In these states it runs, or wakes when somebody connects. */
const USABLE: readonly EnvironmentState[] = ['running', 'stopping', 'stopped', 'suspending', 'suspended'];

function requireUsable(
  { provider }: Environment,
  summary: EnvironmentSummary,
  report: ApplyReport | null,
  { detach, next = plainCommand }: DeployRequest,
): void {
  const { environment, state, stateReason } = summary;
  if (USABLE.includes(state) || (detach && state === 'creating')) return;
  const done = report === null ? 'There was nothing to change' : 'The plan was applied';
  const reason = stateReason === undefined ? '' : ` ${stateReason}`;
  throw coreError({
    code: 'DEPLOY_INCOMPLETE',
    kind: 'incomplete',
    message: `${done}, but ${environment} cannot be used: it is ${inWords[state] ?? state}.${reason}`,
    hint: adviceFor(state, provider, next),
    retryable: true,
    details: {
      state,
      summary: summary as unknown as JsonObject,
      ...(report === null ? {} : { report: report as unknown as JsonObject }),
    },
  });
}

const inWords: Partial<Record<EnvironmentState, string>> = {
  absent: 'not there',
  creating: 'still being created',
  destroying: 'being destroyed',
  unknown: 'in an unknown state',
};

function adviceFor(state: EnvironmentState, { capabilities }: Provider, next: NextCommand): string {
  const look = `See what is there: ${next('status')}`;
  if (state === 'creating') return `Watch it: ${next('status --watch')}`;
  if (state === 'destroying') return `Once it is gone, deploy again: ${next('deploy')}`;
  if (state === 'absent' || state === 'unknown') return `${look}\nThen go on: ${next('deploy')}`;
  return [
    ...(capabilities.includes('logs') ? [`See why: ${next('logs')}`] : [look]),
    ...(capabilities.includes('power') ? [`Start it again: ${next('start')}`] : []),
    `Or begin anew: ${next('destroy')}, then ${next('deploy')}`,
  ].join('\n');
}
