import type { EnvironmentState } from './summary.js';

/** Every environment of a person at one provider, as far as it could be seen. */
export interface EnvironmentListing {
  /** Sorted by name. */
  environments: ListedEnvironment[];
  /** What could not be read, one sentence each. Not empty = there may be more. */
  unobserved: string[];
}

/** One environment that carries our mark, whether or not its config is at hand. */
export interface ListedEnvironment {
  /** As in its config. */
  name: string;
  /** What it is called at the platform, where that differs or says more: an app, a container. */
  platformName: string;
  state: EnvironmentState;
  /** Where it runs: `sjc`. `null` where the platform has no regions, or nothing runs. */
  region: string | null;
  /** `null` = nothing that could run is there. */
  resources: { memoryMb: number | null; cpus: number | null; volumeGb: number | null };
  /** A month running all the time; `null` when the provider cannot tell. */
  monthlyCost: { currency: string; running: number; idle: number | null } | null;
  /** Whose it is: an organization, a login. `null` when there is nobody else. */
  owner: string | null;
  /** ISO 8601, `null` when unknown. */
  createdAt: string | null;
  /** What is left over and costs or blocks something without being used: `a volume without a machine`. Empty = nothing. */
  orphans: string[];
}
