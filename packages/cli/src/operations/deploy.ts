import type { ApplyReport, Environment, EnvironmentSummary, Plan } from '@sindri/core';
import { formatPlan } from '../format/plan.js';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';
import { confirmationRequired, declined, isDestructive } from './consent.js';
import { showWarnings } from './warnings.js';

export interface DeployRequest {
  /** Stop after the plan. */
  dryRun: boolean;
  /** Do not ask. */
  yes: boolean;
  /** A plan that was saved and read before; otherwise one is made. */
  plan?: Plan;
  timeoutMs?: number;
  lockTimeoutMs?: number;
  /** Do not wait until the environment can be used. */
  detach: boolean;
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
}

/**
 * Plan, show, ask, apply, look. Without a terminal it goes on unasked, unless the plan replaces or loses something: that needs
 * `--yes`. A saved plan was agreed to when it was saved.
 */
export async function deploy(environment: Environment, shell: Shell, request: DeployRequest): Promise<DeployResult> {
  const plan = request.plan === undefined ? await environment.plan({ intent: 'deploy' }) : deployable(request.plan);
  const result = (status: DeployResult['status'], rest: Partial<DeployResult> = {}): DeployResult => ({
    schema: 'sindri.deploy/1',
    environment: plan.environment,
    provider: plan.provider,
    status,
    plan,
    report: null,
    summary: null,
    ...rest,
  });

  showWarnings(environment, plan, shell);
  if (request.dryRun) return result('planned');
  if (plan.changes.length === 0) return result('unchanged', { summary: await environment.status() });

  shell.say((style) => `${formatPlan(plan, style)}\n`);
  if (!request.yes && request.plan === undefined) await askFor(plan, shell);

  const report = await environment.apply(plan, {
    ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
    ...(request.lockTimeoutMs === undefined ? {} : { lockTimeoutMs: request.lockTimeoutMs }),
    ...(request.detach ? { detach: true } : {}),
  });
  return result('deployed', { report, summary: await environment.status() });
}

async function askFor(plan: Plan, shell: Shell): Promise<void> {
  if (shell.prompts === null) {
    if (isDestructive(plan)) throw confirmationRequired('This plan replaces or loses something', '--yes');
    return;
  }
  if (!(await shell.prompts.confirm('Deploy?', shell.signal))) throw declined();
}

function deployable(plan: Plan): Plan {
  if (plan.intent === 'deploy') return plan;
  const { SindriError } = core();
  throw new SindriError({
    code: 'PLAN_INVALID',
    kind: 'usage',
    message: 'This plan takes the environment away; deploy does not apply it.',
    hint: 'Run sindri destroy.',
  });
}
