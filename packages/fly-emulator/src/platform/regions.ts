import { badRequest } from '../api-error.js';
import type { Random } from '../random.js';

export interface Region {
  code: string;
  name: string;
  latitude: number;
  longitude: number;
  gateway: boolean;
  /** Part of the world, as region expressions name it. */
  geo: 'north_america' | 'europe' | 'asia_pacific' | 'south_america' | 'africa';
  managedPostgres: boolean;
}

/** The 17 regions of autumn 2026. */
export const REGIONS: readonly Region[] = [
  region('ams', 'Amsterdam, Netherlands', 52.37, 4.9, 'europe', true, true),
  region('arn', 'Stockholm, Sweden', 59.65, 17.92, 'europe', true, false),
  region('cdg', 'Paris, France', 48.86, 2.35, 'europe', true, false),
  region('dfw', 'Dallas, Texas (US)', 32.78, -96.8, 'north_america', true, false),
  region('ewr', 'Secaucus, NJ (US)', 40.79, -74.06, 'north_america', true, false),
  region('fra', 'Frankfurt, Germany', 50.12, 8.68, 'europe', true, true),
  region('gru', 'Sao Paulo, Brazil', -23.55, -46.63, 'south_america', false, true),
  region('iad', 'Ashburn, Virginia (US)', 39.02, -77.46, 'north_america', true, true),
  region('jnb', 'Johannesburg, South Africa', -26.2, 28.05, 'africa', false, false),
  region('lax', 'Los Angeles, California (US)', 34.05, -118.24, 'north_america', true, true),
  region('lhr', 'London, United Kingdom', 51.51, -0.13, 'europe', true, true),
  region('nrt', 'Tokyo, Japan', 35.62, 139.78, 'asia_pacific', true, true),
  region('ord', 'Chicago, Illinois (US)', 41.88, -87.63, 'north_america', true, true),
  region('sin', 'Singapore, Singapore', 1.35, 103.82, 'asia_pacific', true, true),
  region('sjc', 'San Jose, California (US)', 37.35, -121.96, 'north_america', true, true),
  region('syd', 'Sydney, Australia', -33.87, 151.21, 'asia_pacific', true, true),
  region('yyz', 'Toronto, Canada', 43.68, -79.61, 'north_america', true, false),
];

/** Where the emulator says it stands: the region used when a request names none. */
export const NEAREST_REGION = 'iad';

const ALIASES: Record<string, Region['geo'][]> = {
  apac: ['asia_pacific'],
  eu: ['europe'],
  na: ['north_america'],
  sa: ['south_america'],
  us: ['north_america'],
  usa: ['north_america'],
};

/** The regions that an expression like `lhr,eu` or `any` names, best first. Throws 400 for an unknown code. */
export function expandRegions(expression: string | undefined): Region[] {
  if (expression === undefined || expression.trim() === '') return [nearest()];
  const found = expression.split(',').flatMap((part) => expandOne(part.trim().toLowerCase()));
  return [...new Set(found)];
}

/** The region in which a machine or volume for this expression is placed. */
export function placeRegion(expression: string | undefined, random: Random): Region {
  const candidates = expandRegions(expression);
  const named = expression?.split(',')[0]?.trim().toLowerCase();
  const exact = candidates.find((candidate) => candidate.code === named);
  return exact ?? candidates[Math.floor(random() * candidates.length)] ?? nearest();
}

function expandOne(part: string): Region[] {
  if (part === 'any') return [nearest(), ...REGIONS.filter((candidate) => candidate.code !== NEAREST_REGION)];
  const geos = Object.hasOwn(ALIASES, part) ? ALIASES[part] : undefined;
  if (geos) {
    return REGIONS.filter(
      (candidate) => geos.includes(candidate.geo) && (!part.startsWith('us') || inUnitedStates(candidate)),
    );
  }
  const exact = REGIONS.find((candidate) => candidate.code === part);
  // The real text is not known (unsure).
  if (!exact) throw badRequest(`invalid_argument: region "${part}" not found`);
  return [exact];
}

const inUnitedStates = (candidate: Region): boolean => candidate.name.endsWith('(US)');

function nearest(): Region {
  const found = REGIONS.find((candidate) => candidate.code === NEAREST_REGION);
  if (!found) throw new Error(`region table lacks ${NEAREST_REGION}`);
  return found;
}

function region(
  code: string,
  name: string,
  latitude: number,
  longitude: number,
  geo: Region['geo'],
  gateway: boolean,
  managedPostgres: boolean,
): Region {
  return { code, name, latitude, longitude, geo, gateway, managedPostgres };
}
