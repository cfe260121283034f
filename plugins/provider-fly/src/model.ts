import type { EnvironmentSpec, Observation, PlanRequest } from '@sindri/core';
import type { FlyFacts } from './model/facts.js';
import type { FlyData } from './model/resources.js';
import type { FlyOptions } from './planner/desired/options.js';

/**
 * The seam between the two halves of this provider: `api/` and `apply/` talk to Fly, `planner/` is pure. These are the
 * shapes that pass between them inside `Observation.resources[].data`, `Observation.facts` and `Change.payload`; all are
 * JSON, and types rather than interfaces, because only types count as JSON objects. Names are Fly's where the thing is Fly's.
 */
export type * from './model/change-payload.js';
export type * from './model/facts.js';
export { markSecret, metadataKeys, resourceIds, tokenSecret } from './model/marks.js';
export type * from './model/resources.js';

/** A spec whose options the schema of `providers.fly` has accepted. */
export type FlySpec = EnvironmentSpec<FlyOptions>;

/** What was seen on Fly. */
export type FlyObservation = Observation<FlyData, FlyFacts>;

/** What is wanted on Fly. */
export type FlyPlanRequest = PlanRequest<FlyOptions>;
