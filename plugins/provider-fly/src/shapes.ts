import type { FlyResult } from './apply/results.js';
import type { ChangePayload, FlyData, FlyFacts } from './model.js';
import type { FlyOptions } from './planner/desired/options.js';

/** The shapes of this provider in the contract: `ProviderV1<FlyShapes>`. */
export type FlyShapes = {
  options: FlyOptions;
  data: FlyData;
  facts: FlyFacts;
  payload: ChangePayload;
  result: FlyResult;
};
