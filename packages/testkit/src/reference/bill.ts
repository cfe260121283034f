import type { CostReport, EnvironmentSpec, OperationContext, PlatformRegion } from '@sindri/core';
import { callOf, listThings } from './client.js';
import { toDesired } from './desired.js';
import { costOf } from './plan.js';
import type { ReferencePlatform } from './platform.js';

/** What one environment costs: that which is there, or that which a deploy would make. */
export async function billOf(
  platform: ReferencePlatform,
  spec: EnvironmentSpec,
  context: OperationContext,
): Promise<CostReport> {
  const ours = (await listThings(platform, spec, context)).filter(({ mark, environment }) => mark === environment);
  const isThere = ours.length > 0;
  const bill = costOf(isThere ? ours : toDesired(spec, []));
  return { ...bill, of: isThere ? 'deployed' : 'config', soFar: null, rates: [] };
}

/** Where the platform runs machines. */
export async function listRegions(platform: ReferencePlatform, context: OperationContext): Promise<PlatformRegion[]> {
  const regions = [
    { code: 'here', name: 'Here', area: null, distanceKm: 0, room: true },
    { code: 'there', name: 'There', area: 'Far away', distanceKm: 9000, room: null },
  ];
  return platform.read(callOf('GET /regions', context), () => regions);
}
