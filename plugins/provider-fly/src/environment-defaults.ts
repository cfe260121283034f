import type { OperationContext } from '@sindri/core';
import type { FlyFacts } from './model.js';

/** What `FLY_ORG` and `FLY_REGION` say: below the config and above the built-in defaults, as with flyctl. */
export function readEnvironmentDefaults(env: OperationContext['env']): FlyFacts['defaults'] {
  return { organization: env.FLY_ORG || null, region: env.FLY_REGION || null };
}
