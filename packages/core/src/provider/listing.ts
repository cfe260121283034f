import { isSindriError } from '../model/errors.js';
import type { EnvironmentListing, ListedEnvironment } from '../model/listing.js';
import type { EnvironmentSummary } from '../model/summary.js';

/**
 * The answer of `environments` from the names that carry our mark: `look` says of each what `summarize` says. One that could not be
 * looked at is named as unobserved.
 */
export async function makeListing(
  names: Iterable<string>,
  platformName: (environment: string) => string,
  look: (environment: string) => Promise<EnvironmentSummary>,
): Promise<EnvironmentListing> {
  const sorted = [...new Set(names)].sort();
  const looks = await Promise.allSettled(sorted.map(look));
  const listing: EnvironmentListing = { environments: [], unobserved: [] };
  looks.forEach((one, index) => {
    const name = sorted[index] as string;
    if (one.status === 'fulfilled') listing.environments.push(listed(name, platformName(name), one.value));
    else listing.unobserved.push(`${name} could not be read: ${reasonOf(one.reason)}`);
  });
  return listing;
}

function listed(name: string, platformName: string, summary: EnvironmentSummary): ListedEnvironment {
  const { state, region, resources, cost, timestamps, kept = [] } = summary;
  return {
    name,
    platformName,
    state,
    region,
    resources,
    monthlyCost: cost && { currency: cost.currency, running: cost.monthlyRunning, idle: cost.monthlyIdle },
    owner: null,
    createdAt: timestamps.createdAt,
    // A snapshot is kept on purpose, and waits to be used.
    orphans: kept.filter((one) => !one.startsWith('snapshot ')).map((one) => `${one}, which nothing uses`),
  };
}

function reasonOf(reason: unknown): string {
  return isSindriError(reason) ? reason.message : String(reason);
}
