import type { ApplyReport, DestroyIntent, Environment, Plan } from '@sindri/core';
import { totalDelta } from '../format/money.js';
import type { Shell } from '../shell.js';
import { walk, type ChangeRequest, type Road } from './change.js';
import { coreError } from '../error.js';

export interface DestroyRequest extends ChangeRequest {
  keepVolumes: boolean;
  /** Also delete what carries the names of this environment, but not its mark. */
  adopt?: boolean;
}

export interface DestroyResult {
  schema: 'sindri.destroy/1';
  environment: string;
  provider: string;
  /** `planned` with `--dry-run`; `absent` when there was nothing to destroy. */
  status: 'destroyed' | 'absent' | 'planned';
  plan: Plan;
  report: ApplyReport | null;
  /** What was asked to stay and is still there: `volume home_data`. */
  kept: string[];
  /** In the currency of the plan; `null` when unknown. */
  monthlySaved: number | null;
  elapsedMs: number;
}

/** Deletes the environment and looks again. Rejects with `DESTROY_INCOMPLETE` when something is left that should not be. */
export async function destroy(environment: Environment, shell: Shell, request: DestroyRequest): Promise<DestroyResult> {
  const wanted: DestroyIntent = {
    intent: 'destroy',
    ...(request.keepVolumes ? { keep: ['volume'] } : {}),
    ...(request.adopt === true ? { adopt: true } : {}),
  };
  const road: Road<string[]> = {
    wanted: { ...wanted },
    // A saved plan says itself what it keeps.
    look: (plan, applied) => lookForRest(environment, plan, plan.keep ?? wanted.keep ?? [], applied),
  };
  const { status, plan, report, seen } = await walk(environment, shell, road, request);
  const delta = totalDelta(plan);
  return {
    schema: 'sindri.destroy/1',
    environment: plan.environment,
    provider: plan.provider,
    status: status === 'applied' ? 'destroyed' : status === 'unchanged' ? 'absent' : status,
    plan,
    report,
    kept: seen ?? [],
    monthlySaved: delta === null ? null : Math.max(0, -delta),
    elapsedMs: report?.elapsedMs ?? 0,
  };
}

/** What the platform has shown last decides, and where that is not everything it is looked at again. Returns what was kept on purpose. */
async function lookForRest(
  environment: Environment,
  plan: Plan,
  keep: readonly string[],
  applied: boolean,
): Promise<string[]> {
  // The same intent once more must find nothing to do.
  const same = { ...plan.parameters, intent: 'destroy', ...(keep.length === 0 ? {} : { keep }) } as const;
  if (applied) requireGone(await environment.plan({ ...same, after: plan }));
  if (keep.length === 0) return [];
  const { resources } = await environment.observe();
  return resources.filter(({ type, status }) => keep.includes(type) && status === 'present').map(nameOf);
}

function requireGone({ changes }: Plan): void {
  if (changes.length === 0) return;
  const left = changes.map(({ resource }) => nameOf(resource));
  throw coreError({
    code: 'DESTROY_INCOMPLETE',
    kind: 'incomplete',
    message: `Something is still there: ${left.join(', ')}.`,
    hint: 'Run sindri destroy again: it continues with what is left.',
    retryable: true,
    details: { left },
  });
}

function nameOf({ type, name }: { type: string; name: string }): string {
  return name === '' || name === type ? type : `${type} ${name}`;
}
