import type { ApplyReport, Environment } from '@sindri/core';
import { totalDelta } from '../format/money.js';
import { formatPlan } from '../format/plan.js';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';
import { confirmationRequired, declined } from './consent.js';

export interface DestroyRequest {
  yes: boolean;
  keepVolumes: boolean;
  timeoutMs?: number;
  lockTimeoutMs?: number;
}

export interface DestroyResult {
  schema: 'sindri.destroy/1';
  environment: string;
  provider: string;
  status: 'destroyed' | 'absent';
  report: ApplyReport | null;
  /** What was asked to stay and is still there: `volume home_data`. */
  kept: string[];
  /** USD; `null` when unknown. */
  monthlySaved: number | null;
  elapsedMs: number;
}

/** Shows what will be lost, asks for the environment's name, takes it away, and looks again. */
export async function destroy(environment: Environment, shell: Shell, request: DestroyRequest): Promise<DestroyResult> {
  const { name } = environment.spec;
  const keep = request.keepVolumes ? ['volume'] : [];
  const plan = await environment.plan({ intent: 'destroy', keep });
  const result = (rest: Partial<DestroyResult>): DestroyResult => ({
    schema: 'sindri.destroy/1',
    environment: name,
    provider: plan.provider,
    status: 'destroyed',
    report: null,
    kept: [],
    monthlySaved: null,
    elapsedMs: 0,
    ...rest,
  });
  if (plan.changes.length === 0) return result({ status: 'absent', monthlySaved: 0 });

  shell.say((style) => `${formatPlan(plan, style)}\n`);
  if (!request.yes) await askForName(name, shell);

  const report = await environment.apply(plan, {
    ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
    ...(request.lockTimeoutMs === undefined ? {} : { lockTimeoutMs: request.lockTimeoutMs }),
  });
  const kept = await verifyGone(environment, keep);
  const delta = totalDelta(plan);
  return result({
    report,
    kept,
    monthlySaved: delta === null ? null : Math.max(0, -delta),
    elapsedMs: report.elapsedMs,
  });
}

async function askForName(name: string, shell: Shell): Promise<void> {
  if (shell.prompts === null) throw confirmationRequired(`This takes ${name} away for good`, '--yes');
  shell.say((style) => style.bold('This cannot be undone.'));
  if (!(await shell.prompts.typed(`Type the name of the environment (${name}) to destroy it:`, name, shell.signal))) {
    throw declined();
  }
}

/** Trusts nobody's word: looks at the platform again. Returns what was kept on purpose. */
async function verifyGone(environment: Environment, keep: string[]): Promise<string[]> {
  const rest = await environment.plan({ intent: 'destroy', keep });
  if (rest.changes.length > 0) {
    const { SindriError } = core();
    const left = rest.changes.map(({ resource }) => nameOf(resource));
    throw new SindriError({
      code: 'DESTROY_INCOMPLETE',
      kind: 'incomplete',
      message: `Something is still there: ${left.join(', ')}.`,
      hint: 'Run sindri destroy again: it continues with what is left.',
      retryable: true,
      details: { left },
    });
  }
  if (keep.length === 0) return [];
  const { resources } = await environment.observe();
  return resources.filter(({ type, status }) => keep.includes(type) && status === 'present').map(nameOf);
}

function nameOf({ type, name }: { type: string; name: string }): string {
  return name === '' || name === type ? type : `${type} ${name}`;
}
