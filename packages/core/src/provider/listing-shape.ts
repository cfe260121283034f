import type { EnvironmentListing, ListedEnvironment } from '../model/listing.js';
import { misbehaved } from './call.js';
import type { Provider } from './contract.js';

/** Refuses a listing that the rest of core, and whoever prints it, could not rely on. Throws `PROVIDER_BROKEN`. */
export function requireListing(provider: Provider, value: EnvironmentListing): EnvironmentListing {
  const given: Partial<EnvironmentListing> = Object(value);
  if (!Array.isArray(given.environments)) throw misbehaved(provider, 'environments', 'it returned no list.');
  if (!isTexts(given.unobserved)) {
    throw misbehaved(provider, 'environments', '"unobserved" must be a list of sentences.');
  }
  const fault = given.environments.map(faultOf).find((found) => found !== null);
  if (fault !== undefined) throw misbehaved(provider, 'environments', fault);
  return value;
}

function faultOf(listed: ListedEnvironment, index: number): string | null {
  const { name, platformName, state, region, resources, monthlyCost, owner, createdAt, orphans } = Object(
    listed,
  ) as Partial<ListedEnvironment>;
  const bad = (member: string): string => `"environments[${index}].${member}" has not the shape of the contract.`;
  if (typeof name !== 'string' || name === '') return bad('name');
  if (typeof platformName !== 'string') return bad('platformName');
  if (typeof state !== 'string') return bad('state');
  for (const [member, text] of Object.entries({ region, owner, createdAt })) {
    if (text !== null && typeof text !== 'string') return bad(member);
  }
  const { memoryMb, cpus, volumeGb } = Object(resources) as Partial<ListedEnvironment['resources']>;
  if (![memoryMb, cpus, volumeGb].every((size) => size === null || typeof size === 'number')) return bad('resources');
  if (monthlyCost !== null && typeof Object(monthlyCost).running !== 'number') return bad('monthlyCost');
  return isTexts(orphans) ? null : bad('orphans');
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
