import type { ApplyReport, Environment, EnvironmentSummary, IntentName, Plan } from '@sindri/core';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';
import { walk, type ChangeRequest } from './change.js';

export interface ExtendRequest extends ChangeRequest {
  /** `40GB`; may be left out with a saved plan. */
  size?: string;
  /** The name of the volume at the provider; the provider chooses when absent. */
  volume?: string;
}

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

/** Makes a volume larger, whatever the config says about its size. */
export async function extendVolume(
  environment: Environment,
  shell: Shell,
  request: ExtendRequest,
): Promise<ChangeResult> {
  const { volume } = request;
  const sizeGb = readSize(request);
  const wanted = {
    intent: 'volume.extend',
    ...(sizeGb === undefined ? {} : { sizeGb }),
    ...(volume === undefined ? {} : { volume }),
  } as const;
  const road = { wanted, look: () => environment.status() };
  const { status, plan, report, seen } = await walk(environment, shell, road, request);
  return {
    schema: 'sindri.change/1',
    environment: plan.environment,
    provider: plan.provider,
    intent: plan.intent,
    status,
    plan,
    report,
    summary: seen,
  };
}

function readSize({ size, plan }: ExtendRequest): number | undefined {
  const { SindriError, SizeError, parseSize } = core();
  const usage = (message: string): Error =>
    new SindriError({ code: 'USAGE', kind: 'usage', message, hint: 'For example: sindri volume extend 40GB' });
  if (size === undefined) {
    if (plan !== undefined) return undefined;
    throw usage('The size that the volume is to have is missing.');
  }
  try {
    return parseSize(size, 'volume');
  } catch (error) {
    if (!(error instanceof SizeError)) throw error;
    throw usage(`The size ${error.message.replaceAll('`', '"')}, got "${size}".`);
  }
}
