import type { Environment, Plan } from '@sindri/core';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';
import { walk, type ChangeRequest } from './change.js';
import { changeResult, type ChangeResult } from './change-result.js';
import { coreError } from '../error.js';

export interface ExtendRequest extends ChangeRequest {
  /** `40GB`; may be left out with a saved plan. */
  size?: string;
  /** The name of the volume at the provider; the provider chooses when absent. */
  volume?: string;
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
  const road = { wanted, look: (after: Plan) => environment.status({ after }) };
  return changeResult(await walk(environment, shell, road, request));
}

function readSize({ size, plan }: ExtendRequest): number | undefined {
  const { SizeError, parseSize } = core();
  const usage = (message: string): Error =>
    coreError({ code: 'USAGE', kind: 'usage', message, hint: 'For example: sindri volume extend 40GB' });
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
