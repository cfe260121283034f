import type { EnvironmentSpec } from '@sindri/core';
import { readOptions } from './options.js';

/** The port on which the image's sshd listens inside the machine; 22 belongs to Fly's own SSH server. */
export const internalSshPort = 2222;

/** The name of the volume with the developer's home. Fly allows several volumes of one name in an app. */
export const homeVolumeName = 'home_data';

/** Where the image expects the volume. */
export const homePath = '/alt/home/developer';

/** Everything about an environment that is known before anything is observed. */
export interface DesiredNames {
  app: string;
  /** Organization slug. */
  organization: string;
  region: string;
  volume: string;
  /** Deterministic, so that a create whose answer was lost can be found again by name. */
  machines: string[];
  /** The port of the SSH service at the edge. */
  sshPort: number;
  /** The port of sshd inside the machine. */
  internalPort: number;
  dedicatedIpv4: boolean;
}

/** The deterministic names of everything that belongs to `spec`. Never throws. */
export function desiredNames(spec: EnvironmentSpec): DesiredNames {
  const options = readOptions(spec);
  return {
    app: spec.name,
    organization: options.organization,
    region: options.region,
    volume: homeVolumeName,
    machines: [`${spec.name}-1`],
    sshPort: options.sshPort,
    internalPort: internalSshPort,
    dedicatedIpv4: options.dedicatedIpv4,
  };
}
