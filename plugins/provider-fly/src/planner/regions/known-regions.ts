/** A place where Fly runs machines. */
export interface FlyRegion {
  code: string;
  /** City. */
  name: string;
  /** Multiplies the base price of CPU and memory (not of volumes and addresses). */
  priceFactor: number;
}

/** Fly's regions and their price factors as of October/November 2026. */
export const knownRegions: readonly FlyRegion[] = [
  { code: 'ams', name: 'Amsterdam', priceFactor: 1.038461538 },
  { code: 'arn', name: 'Stockholm', priceFactor: 1.038461538 },
  { code: 'cdg', name: 'Paris', priceFactor: 1.134615385 },
  { code: 'dfw', name: 'Dallas', priceFactor: 1.25 },
  { code: 'ewr', name: 'Secaucus, New Jersey', priceFactor: 1 },
  { code: 'fra', name: 'Frankfurt', priceFactor: 1.153846154 },
  { code: 'gru', name: 'São Paulo', priceFactor: 1.615384615 },
  { code: 'iad', name: 'Ashburn, Virginia', priceFactor: 1 },
  { code: 'jnb', name: 'Johannesburg', priceFactor: 1.302884615 },
  { code: 'lax', name: 'Los Angeles', priceFactor: 1.199519231 },
  { code: 'lhr', name: 'London', priceFactor: 1.134615385 },
  { code: 'nrt', name: 'Tokyo', priceFactor: 1.307692308 },
  { code: 'ord', name: 'Chicago', priceFactor: 1.25 },
  { code: 'sin', name: 'Singapore', priceFactor: 1.269230769 },
  { code: 'sjc', name: 'San Jose', priceFactor: 1.192307692 },
  { code: 'syd', name: 'Sydney', priceFactor: 1.269230769 },
  { code: 'yyz', name: 'Toronto', priceFactor: 1.115384615 },
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
