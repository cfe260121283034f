import type {
  ApplyOptions,
  ApplyReport,
  Environment,
  EnvironmentSummary,
  GivenSecrets,
  Plan,
  PlanOptions,
} from '@sindri/core';
import { formatPlan } from '../format/plan.js';
import { summarizePlan } from '../github-actions/step-summary.js';
import { plainCommand, type NextCommand } from '../next-commands.js';
import type { Shell } from '../shell.js';
import { requireConsent } from './consent.js';
import { failedAfterwards, notAllSeen, withSummary } from './change-failures.js';
import { requireWanted, type Wanted } from './intents.js';
import type { PlanReader } from './plan-reader.js';
import { showOverBudget } from './over-budget.js';
import { showWarnings } from './warnings.js';

/** What the options that all changes share say. */
export interface ChangeRequest {
  /** Stop after the plan. */
  dryRun?: boolean;
  /** Do not ask. */
  yes?: boolean;
  /** A plan that was saved and read before; otherwise one is made. */
  plan?: Plan;
  timeoutMs?: number;
  lockTimeoutMs?: number;
  /** Spells another command for the same environment. */
  next?: NextCommand;
  /** Called when everybody has agreed to the plan, right before it is applied. Not called for a plan that is empty. */
  begin?(): Promise<void>;
  /** Chooses what of the plan is shown; absent = everything. */
  reader?: PlanReader;
  /** See `GivenSecrets.secretValues`. Never shown, and in no plan. */
  secretValues?: Readonly<Record<string, string>>;
}

/** One change, from what is wanted to the look at what is there afterwards. */
export interface Road<Seen> {
  wanted: Wanted;
  /** See `ApplyOptions.detach`. */
  detach?: boolean;
  /** What is there once the plan was applied, or when it was empty. Rejects when that contradicts the plan. */
  look(plan: Plan, applied: boolean): Promise<Seen>;
}

/** How far a road led. */
export type Walked<Seen> =
  | { status: 'planned'; plan: Plan; report: null; seen: null }
  | { status: 'unchanged'; plan: Plan; report: null; seen: Seen }
  | { status: 'applied'; plan: Plan; report: ApplyReport; seen: Seen };

/** How long to look at what a failure has left behind, in ms: the failure must be told in any case. */
const LOOK_LIMIT_MS = 20_000;

/**
 * The one road to a change: plan, show, ask, apply, look. Rejects with `PLAN_OVER_BUDGET` once the plan was shown, with `PLAN_INVALID` for a saved plan of something else, with what
 * {@link requireConsent} throws, with the failure of the plan, and with `PLAN_UNOBSERVED` when something was applied though not
 * everything could be read. Whatever comes after the apply has the report, and a failed apply what is there, in `details`.
 */
export async function walk<Seen>(
  environment: Environment,
  shell: Shell,
  road: Road<Seen>,
  request: ChangeRequest,
): Promise<Walked<Seen>> {
  const { wanted, detach = false } = road;
  const saved = request.plan;
  const plan =
    saved === undefined
      ? await environment.plan({ ...wanted, ...givenSecrets(request) } as PlanOptions)
      : requireWanted(saved, wanted, request.next ?? plainCommand);
  const { reader } = request;
  const shown = reader?.shown(plan) ?? plan;
  showWarnings(reader?.warnings(plan) ?? [], shown, shell);
  await summarizePlan(shown, shell);
  showOverBudget(plan, shown, shell);
  if (request.dryRun === true) return { status: 'planned', plan, report: null, seen: null };

  const limits = applyOptions(request, detach);
  if (plan.changes.length === 0) {
    // Whoever saved it saw a world that may be another by now.
    if (saved !== undefined) await environment.apply(plan, limits);
    const seen = await road.look(plan, false);
    await reader?.ended(plan);
    return { status: 'unchanged', plan, report: null, seen };
  }

  shell.say((style) => `${formatPlan(shown, style)}\n`);
  const agreed = await requireConsent(plan, shell, request);
  await reader?.begins(plan);
  await request.begin?.();
  const options = agreed ? { ...limits, consent: true } : limits;
  const report = await environment.apply(plan, options).catch(async (error: unknown) => {
    throw withSummary(error, await lookAfterFailure(environment, shell, error));
  });
  const seen = await road.look(plan, true).catch((error: unknown) => {
    throw failedAfterwards(error, report);
  });
  await reader?.ended(plan);
  if (plan.unobserved !== undefined && plan.unobserved.length > 0) throw notAllSeen(plan.unobserved, report);
  return { status: 'applied', plan, report, seen };
}

function applyOptions({ timeoutMs, lockTimeoutMs, secretValues }: ChangeRequest, detach: boolean): ApplyOptions {
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(lockTimeoutMs === undefined ? {} : { lockTimeoutMs }),
    ...(detach ? { detach } : {}),
    ...givenSecrets({ secretValues }),
  };
}

function givenSecrets({ secretValues }: ChangeRequest): GivenSecrets {
  return secretValues === undefined ? {} : { secretValues };
}

/** `null` when nothing was changed, when nobody waits any more, and when the look fails, too. */
async function lookAfterFailure(
  environment: Environment,
  shell: Shell,
  error: unknown,
): Promise<EnvironmentSummary | null> {
  const { details } = error as { details?: { report?: unknown } };
  if (details?.report === undefined || shell.signal.aborted) return null;
  const limit = new AbortController();
  shell.sleep(LOOK_LIMIT_MS).then(
    () => limit.abort(),
    () => undefined,
  );
  return environment.status({ signal: limit.signal }).catch(() => null);
}
