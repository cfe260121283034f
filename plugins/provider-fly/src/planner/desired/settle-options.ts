import type { EnvironmentSpec } from '@sindri/core';
import type { FlyFacts, VolumeData } from '../../model.js';
import { isInFile } from './origins.js';
import { optionsOf, type FlyOptions } from './options.js';

/** Where the value of an option comes from; the first of these that has one wins. */
export type OptionOrigin =
  | 'config'
  /** What exists already has it. */
  | 'observed'
  /** `FLY_ORG` or `FLY_REGION`. */
  | 'environment'
  | 'default';

/** What beside the config has a say in what is wanted. */
export interface Seen {
  /** What `FLY_ORG` and `FLY_REGION` say; `null` = unknown. */
  defaults: FlyFacts['defaults'] | null;
  /** The volume of the environment, `null` when there is none or it was not looked at. */
  volume: Pick<VolumeData, 'region' | 'sizeGb'> | null;
  /** The digest of the image of the spec's source. Absent or `null` = it was not built, or not looked for. */
  imageDigest?: string | null;
}

/** The options as they hold for one environment, each with its origin. */
export interface SettledOptions {
  options: FlyOptions;
  origins: Readonly<Record<keyof FlyOptions, OptionOrigin>>;
}

/**
 * The options of an environment: what the config says; else what exists (an environment stays in its region, whatever the
 * default or FLY_REGION of whoever deploys today); else FLY_ORG and FLY_REGION, as with flyctl; else the defaults.
 */
export function settleOptions(
  spec: Pick<EnvironmentSpec<object>, 'options' | 'origins'>,
  { defaults, volume }: Seen,
): SettledOptions {
  const given = optionsOf(spec);
  const observed: Partial<FlyOptions> = volume === null ? {} : { region: volume.region };
  const environment = withoutNull({ organization: defaults?.organization, region: defaults?.region });
  const originOf = (key: keyof FlyOptions): OptionOrigin => {
    if (isInFile(spec, `providers.fly.${key}`)) return 'config';
    if (observed[key] !== undefined) return 'observed';
    return environment[key] === undefined ? 'default' : 'environment';
  };
  const keys = Object.keys(given) as (keyof FlyOptions)[];
  const origins = Object.fromEntries(keys.map((key) => [key, originOf(key)])) as SettledOptions['origins'];
  const from = (origin: OptionOrigin, values: Partial<FlyOptions>): Partial<FlyOptions> =>
    Object.fromEntries(Object.entries(values).filter(([key]) => origins[key as keyof FlyOptions] === origin));
  return { options: { ...given, ...from('environment', environment), ...from('observed', observed) }, origins };
}

function withoutNull(values: { organization?: string | null; region?: string | null }): Partial<FlyOptions> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));
}
