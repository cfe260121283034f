/** A place where Fly runs machines. */
export interface FlyRegion {
  code: string;
  /** City. */
  name: string;
  /** The part of the world, for people. */
  area: string;
}

/**
 * The day this table was looked up. Fly's own list is asked before something is made, and beats it: the table only tells a
 * typo before the first request.
 */
export const regionsAsOf = '2026-11-01';

/** Fly's regions on that day. */
export const knownRegions: readonly FlyRegion[] = [
  { code: 'ams', name: 'Amsterdam', area: 'Europe' },
  { code: 'arn', name: 'Stockholm', area: 'Europe' },
  { code: 'cdg', name: 'Paris', area: 'Europe' },
  { code: 'dfw', name: 'Dallas', area: 'Central US' },
  { code: 'ewr', name: 'Secaucus, New Jersey', area: 'East Coast US' },
  { code: 'fra', name: 'Frankfurt', area: 'Europe' },
  { code: 'gru', name: 'São Paulo', area: 'South America' },
  { code: 'iad', name: 'Ashburn, Virginia', area: 'East Coast US' },
  { code: 'jnb', name: 'Johannesburg', area: 'Africa' },
  { code: 'lax', name: 'Los Angeles', area: 'West Coast US' },
  { code: 'lhr', name: 'London', area: 'Europe' },
  { code: 'nrt', name: 'Tokyo', area: 'Asia' },
  { code: 'ord', name: 'Chicago', area: 'Central US' },
  { code: 'sin', name: 'Singapore', area: 'Asia' },
  { code: 'sjc', name: 'San Jose', area: 'West Coast US' },
  { code: 'syd', name: 'Sydney', area: 'Australia' },
  { code: 'yyz', name: 'Toronto', area: 'Canada' },
];

/** Regions that Fly has closed, with the living one nearest to each. bom went in 2026, all others in 2025. */
const withdrawnRegions: Readonly<Record<string, { name: string; nearest: string }>> = {
  atl: { name: 'Atlanta', nearest: 'iad' },
  bog: { name: 'Bogotá', nearest: 'iad' },
  bom: { name: 'Mumbai', nearest: 'sin' },
  bos: { name: 'Boston', nearest: 'ewr' },
  den: { name: 'Denver', nearest: 'dfw' },
  eze: { name: 'Buenos Aires', nearest: 'gru' },
  gdl: { name: 'Guadalajara', nearest: 'dfw' },
  gig: { name: 'Rio de Janeiro', nearest: 'gru' },
  hkg: { name: 'Hong Kong', nearest: 'sin' },
  maa: { name: 'Chennai', nearest: 'sin' },
  mad: { name: 'Madrid', nearest: 'cdg' },
  mia: { name: 'Miami', nearest: 'iad' },
  otp: { name: 'Bucharest', nearest: 'fra' },
  phx: { name: 'Phoenix', nearest: 'lax' },
  qro: { name: 'Querétaro', nearest: 'dfw' },
  scl: { name: 'Santiago', nearest: 'gru' },
  sea: { name: 'Seattle', nearest: 'sjc' },
  waw: { name: 'Warsaw', nearest: 'fra' },
  yul: { name: 'Montreal', nearest: 'yyz' },
};

/** The region with this code, `undefined` when Fly has none (any more). */
export function findRegion(code: string): FlyRegion | undefined {
  return knownRegions.find((region) => region.code === code);
}

/** What became of a region that Fly has closed, `undefined` for any other code. */
export function findWithdrawnRegion(code: string): { name: string; nearest: string } | undefined {
  return Object.hasOwn(withdrawnRegions, code) ? withdrawnRegions[code] : undefined;
}
