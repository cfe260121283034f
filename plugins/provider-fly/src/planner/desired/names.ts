import { sshPort as imageSshPort } from '@sindri/image-contract';
import type { EnvironmentSpec } from '@sindri/core';
import type { FlyFacts } from '../../model.js';
import type { FlyOptions } from './options.js';
import { settleOptions } from './settle-options.js';

/** The name of the volume with the developer's home. Fly allows several volumes of one name in an app. */
export const homeVolumeName = 'home_data';

/** That of the volume of a second machine. Another name, so that nobody ever takes one home for the other. */
export const secondVolumeName = 'home_data_2';

/** Everything about an environment that is known before anything is observed. */
export interface DesiredNames {
  app: string;
  /** Organization slug. */
  organization: string;
  region: string;
  volume: string;
  /** Deterministic, so that a create whose answer was lost can be found again by name. */
  machines: string[];
  /** What a second machine and its volume are called, wanted or not. */
  second: { machine: string; volume: string };
  /** The port of the SSH service at the edge. */
  sshPort: number;
  /** The port of sshd inside the machine. */
  internalPort: number;
  dedicatedIpv4: boolean;
}

/**
 * The deterministic names of everything that belongs to `spec`, for whoever works on what exists. `defaults` are what FLY_ORG
 * and FLY_REGION say; without them organization and region may be others. Never throws.
 */
export function desiredNames(
  spec: Pick<EnvironmentSpec<object>, 'name' | 'options' | 'origins'>,
  defaults: FlyFacts['defaults'] | null = null,
): DesiredNames {
  return namesFrom(spec.name, settleOptions(spec, { defaults, volume: null }).options);
}

/** The app of an environment, whatever else is to be settled. */
export function appName({ name }: Pick<EnvironmentSpec<object>, 'name'>): string {
  return name;
}

/** The same from options that are settled already. */
export function namesFrom(name: string, options: FlyOptions): DesiredNames {
  return {
    app: appName({ name }),
    organization: options.organization,
    region: options.region,
    volume: homeVolumeName,
    machines: [`${name}-1`],
    second: { machine: `${name}-2`, volume: secondVolumeName },
    sshPort: options.sshPort,
    internalPort: imageSshPort,
    dedicatedIpv4: options.dedicatedIpv4,
  };
}

/** The names as work on the second machine sees them: it and its volume stand where the first ones do. */
export function namesOfSecond(names: DesiredNames): DesiredNames {
  return { ...names, machines: [names.second.machine], volume: names.second.volume };
}
