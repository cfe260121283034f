import type { SindriError } from '@sindri/core';
import type { FlyApi } from '../api/client.js';
import { hasCode } from '../api/errors.js';
import type { WireMachine } from '../api/types.js';
import { appNameTaken } from '../observe.js';
import { unlistedMachines } from './unlisted-machine.js';
import { flyError } from '../fly-error.js';

/** The machines of an app, none when there is no app; destroyed ones where they are asked for. Throws `FLY_APP_NAME_TAKEN`. */
export async function listMachines(
  api: FlyApi,
  app: string,
  options: { includeDestroyed?: boolean } = {},
): Promise<WireMachine[]> {
  try {
    const machines = await api.machines.list(app, options);
    if (machines.some(({ state }) => state !== 'destroyed')) return machines;
    // Lists may lag behind a deploy that has just ended; the volume knows its machine.
    return [...machines, ...(await unlistedMachines(api, app, await api.volumes.list(app), machines))];
  } catch (error) {
    if (hasCode(error, 'FLY_NOT_FOUND')) return [];
    if (hasCode(error, 'FLY_FORBIDDEN')) throw appNameTaken(app, error);
    throw error;
  }
}

export function notDeployed(environment: string): SindriError {
  return flyError({
    code: 'FLY_NOT_DEPLOYED',
    kind: 'refused',
    message: `${environment} has no machine.`,
    hint: 'Run `sindri deploy` first.',
    details: { environment },
  });
}
