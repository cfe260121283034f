import type { EnvironmentSpec, OperationContext } from '@sindri/core';
import type { FlyFacts } from './model.js';

/** What `FLY_ORG` and `FLY_REGION` say. */
export function readEnvironmentDefaults(env: OperationContext['env']): FlyFacts['defaults'] {
  return { organization: env.FLY_ORG || null, region: env.FLY_REGION || null };
}

/**
 * `spec` with organization and region from the environment where the config file names none. They stand below the config
 * and above the built-in defaults, as with flyctl.
 */
export function withEnvironmentDefaults(spec: EnvironmentSpec, defaults: FlyFacts['defaults']): EnvironmentSpec {
  const options = { ...spec.options };
  for (const key of ['organization', 'region'] as const) {
    const value = defaults[key];
    // The schema's defaults are in `options` already; only values that the file holds have an origin.
    if (value !== null && spec.origins[`providers.fly.${key}`] === undefined) options[key] = value;
  }
  return { ...spec, options };
}
