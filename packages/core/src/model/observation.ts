import type { IntentName } from './intent.js';
import type { JsonObject } from './json.js';

/** How much of the environment to look at. */
export interface ObserveRequest {
  /** What the look is for; absent = `plan`, which needs everything. A `summary` may save requests. */
  purpose?: 'plan' | 'summary';
  /** What is going to be planned over this look: some intents need more than others. Absent = it is not known, or a `deploy`. */
  intent?: IntentName;
}

/** What was seen, at one moment. JSON, no secrets. */
export interface Observation<Data extends object = JsonObject, Facts extends object = JsonObject> {
  environment: string;
  provider: string;
  /** ISO 8601. */
  observedAt: string;
  resources: ObservedResource<Data>[];
  /** Anything else `plan` needs to know from outside: which SSH key this user has, which regions exist. */
  facts: Facts;
}

/** One thing as it was seen, or the reason why nothing can be said about it. */
export interface ObservedResource<Data extends object = JsonObject> {
  /** Unique within the observation and stable: `app`, `volume:home_data`. */
  id: string;
  type: string;
  name: string;
  status: 'present' | 'absent' | 'unobserved';
  /** Why it could not be read, for `unobserved`. */
  reason?: string;
  /** Whether it carries this environment's mark. Things that do not are never deleted. */
  owned?: boolean;
  /** The provider's view of it, for `present`. */
  data?: Data;
}
