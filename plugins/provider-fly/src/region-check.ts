import { SindriError, isSindriError, nearest, type OperationContext } from '@sindri/core';
import type { FlyApi } from './api/client.js';
import type { WireRegion } from './api/types.js';
import type { FlyFacts } from './model.js';

/**
 * The live list of regions, after making sure that `region` is on it. `null` when the list cannot be had: then the built-in
 * table serves. Throws `FLY_REGION_UNKNOWN`.
 */
export async function checkRegion(
  api: Pick<FlyApi, 'regions'>,
  region: string,
  context: Pick<OperationContext, 'emit'>,
): Promise<FlyFacts['regions']> {
  let live: WireRegion[];
  try {
    live = await api.regions.list();
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
  const usable = live.filter((item) => item.deprecated !== true);
  if (usable.length > 0 && !usable.some(({ code }) => code === region)) throw unknownRegion(region, live, usable);
  return live.map(({ code, name, deprecated }) => ({ code, name, deprecated: deprecated ?? false }));
}

function unknownRegion(region: string, live: WireRegion[], usable: WireRegion[]): SindriError {
  const withdrawn = live.find(({ code }) => code === region);
  const codes = usable.map(({ code }) => code).sort();
  const suggestion = nearest(region, codes);
  return new SindriError({
    code: 'FLY_REGION_UNKNOWN',
    kind: 'usage',
    message:
      withdrawn === undefined
        ? `Fly has no region ${region}.`
        : `Fly is giving up region ${region} (${withdrawn.name}): nothing new can be made there.`,
    hint:
      (suggestion === undefined ? '' : `Did you mean ${suggestion}? `) +
      `\`providers.fly.region\` may be ${codes.join(', ')}.`,
    details: { region, nearest: suggestion ?? null, regions: codes },
  });
}
