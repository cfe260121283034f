import { badRequest } from '../api-error.js';
import { isJsonObject } from '../json.js';
import { checkGuest, resolveGuest } from '../platform/guests.js';
import { expandRegions, NEAREST_REGION, REGIONS } from '../platform/regions.js';
import { requireOrg } from './access.js';
import { json, requiredBody } from './http.js';
import type { Route } from './route.js';

/** How many machines a region can take in one placement; Fly's real numbers change by the minute (unsure). */
const REGION_CONCURRENCY = 10;

export const PLATFORM_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/platform/regions',
    operation: 'Platform_regions_get',
    // Needs no token.
    scope: 'open',
    writes: false,
    handle: () =>
      // The description shows lower-case keys; the wire has capitals.
      json({
        Regions: REGIONS.map((region) => ({
          code: region.code,
          name: region.name,
          latitude: region.latitude,
          longitude: region.longitude,
          gateway_available: region.gateway,
          requires_paid_plan: false,
          deprecated: false,
          geo_region: region.geo,
          mpg_available: region.managedPostgres,
        })),
        Nearest: NEAREST_REGION,
      }),
  },
  {
    method: 'POST',
    path: '/v1/platform/placements',
    operation: 'Platform_placements_post',
    scope: 'signed-in',
    writes: false,
    handle({ platform, request, tokens }) {
      const body = requiredBody(request);
      if (typeof body.org_slug !== 'string') throw badRequest('invalid_argument: org_slug is required');
      requireOrg(platform, tokens, body.org_slug, false);
      if (isJsonObject(body.compute)) checkGuest(resolveGuest(body.compute, undefined));
      const regions = expandRegions(typeof body.region === 'string' ? body.region : undefined);
      let left = typeof body.count === 'number' && body.count > 0 ? body.count : 1;
      const placements = [];
      const each = wantsSpread(body.weights) ? Math.ceil(left / regions.length) : REGION_CONCURRENCY;
      for (const region of regions) {
        if (left <= 0) break;
        const count = Math.min(left, each, REGION_CONCURRENCY);
        placements.push({ Region: region.code, Count: count, Concurrency: REGION_CONCURRENCY });
        left -= count;
      }
      // As one recording has it; the description shows lower-case keys (likely).
      return json({ Regions: placements });
    },
  },
];

/** More weight on a spread than on the order of the regions: as many in each (likely). */
function wantsSpread(weights: unknown): boolean {
  if (!isJsonObject(weights)) return false;
  const { region = 50, spread = 1 } = weights;
  return typeof spread === 'number' && typeof region === 'number' && spread > region;
}
