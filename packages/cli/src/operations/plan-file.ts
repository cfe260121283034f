import path from 'node:path';
import type { Plan } from '@sindri/core';
import { coreError } from '../error.js';
import { readNamedFile } from './read-named-file.js';
import { writeFile } from './write-file.js';

/** A plan of hundreds of changes is far below. */
const LONGEST_PLAN = 16 * 1024 * 1024;

/** Writes a plan where `deploy --plan` finds it. A plan holds no secrets, yet nobody else needs to read it. Rejects with `FILE_UNWRITABLE`. */
export async function savePlan(plan: Plan, file: string, cwd: string): Promise<string> {
  const target = path.resolve(cwd, file);
  await writeFile(target, `${JSON.stringify(plan, null, 2)}\n`, { replace: true, mode: 0o600 });
  return target;
}

/**
 * Reads what {@link savePlan} wrote, or the answer of a change with `--dry-run --json`, which has the plan in it. Throws
 * `PLAN_INVALID` for anything else; `apply` judges whether it still holds.
 */
export async function readPlan(file: string, cwd: string): Promise<Plan> {
  const text = await readNamedFile({ file, cwd, maximumBytes: LONGEST_PLAN, called: `The plan ${file}` });
  const plan = parsePlan(text);
  if (plan !== null) return plan;
  throw coreError({
    code: 'PLAN_INVALID',
    kind: 'usage',
    message: `${file} is not a plan of this version of Sindri.`,
    hint: `Make one: sindri plan --out ${file}`,
  });
}

function parsePlan(text: string): Plan | null {
  try {
    const value = JSON.parse(text) as (Partial<Plan> & { plan?: Partial<Plan> }) | null;
    const plan = value?.plan ?? value;
    return plan?.schema === 'sindri.plan/1' && Array.isArray(plan.changes) ? (plan as Plan) : null;
  } catch {
    return null;
  }
}
