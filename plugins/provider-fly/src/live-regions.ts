import { isSindriError, type OperationContext } from '@sindri/core';
import type { FlyApi } from './api/client.js';
import type { FlyFacts } from './model.js';

/**
 * Fly's own list of regions, which beats the built-in table; whether something can be made in a region is for a plan to judge.
 * `null`, with a notice, when the list cannot be had.
 */
export async function readRegions(
  api: Pick<FlyApi, 'regions'>,
  region: string,
  context: Pick<OperationContext, 'emit'>,
): Promise<FlyFacts['regions']> {
  try {
    const live = await api.regions.list();
    return live.map(({ code, name, deprecated }) => ({ code, name, deprecated: deprecated ?? false }));
  } catch (error) {
    if (!isSindriError(error)) throw error;
    context.emit({
      type: 'notice',
      level: 'warning',
      code: 'FLY_REGIONS_UNREAD',
      message: `The list of regions could not be read, so ${region} was not checked against it: ${error.message}`,
    });
    return null;
  }
}
