import { isSindriError, type Environment } from '@sindri/core';
import type { NextCommand } from '../next-commands.js';
import type { Shell } from '../shell.js';
import { deploy } from './deploy.js';
import { openPlanReader } from './plan-reader.js';

/**
 * Offers to deploy when that is why `error` came: the plan with its price is shown, and nothing is done without a yes. Returns whether
 * there is an environment now. Rejects like a deploy, and with `OPERATION_CANCELLED` after a no. Nobody is asked where nobody can answer.
 */
export async function offerDeploy(
  environment: Environment,
  shell: Shell,
  error: unknown,
  next: NextCommand,
): Promise<boolean> {
  if (shell.prompts === null || !isSindriError(error)) return false;
  if (!['refused', 'transport', 'incomplete'].includes(error.kind)) return false;
  const summary = await environment.status().catch(() => null);
  if (summary?.state !== 'absent') return false;
  shell.say((style) => `${style.bold(environment.spec.name)} is not deployed yet.\n`);
  await deploy(environment, shell, { detach: false, next, reader: await openPlanReader(environment, false) });
  shell.say((style) => `${style.green('✓')} ${style.bold(environment.spec.name)} is deployed.`);
  return true;
}
