import type { EnvironmentSpec } from '@sindri/core';
import type { IpType } from '../../model.js';
import { resolveGuest, type Guest } from '../hardware/guest.js';
import { resolveImage, type ImageChoice } from './image.js';
import { desiredNames, homePath, type DesiredNames } from './names.js';
import { readOptions } from './options.js';
import { volumeGrowth, wantedVolumeGb } from './volume-size.js';
import { workspacePath } from './workspace.js';

/**
 * Everything an environment should be on Fly, in one value. Both the machine config that goes to the API and the generated
 * fly.toml are made from it and from nothing else, so the two cannot drift apart.
 */
export interface FlyDesired {
  names: DesiredNames;
  image: ImageChoice;
  guest: Guest;
  /** `null` = no swap: Fly does not suspend a machine that has any. */
  swapMb: number | null;
  /** Without flyctl's own two, see `flyctlEnvironment`. */
  env: Record<string, string>;
  mount: {
    volume: string;
    path: string;
    sizeGb: number;
    snapshotRetention: number;
    growAtPercent: number;
    growByGb: number;
    growToGb: number;
  };
  service: {
    internalPort: number;
    port: number;
    autostop: 'suspend' | 'off';
    autostart: boolean;
    minMachinesRunning: number;
  };
  /** TCP check of sshd, both of the service and at top level. Durations as Go writes them. */
  check: { name: string; port: number; interval: string; timeout: string; gracePeriod: string };
  restart: { policy: 'on-failure'; maxRetries: number };
  /** The addresses an app needs; those made over the API have none to begin with. */
  ips: Extract<IpType, 'v4' | 'v6' | 'shared_v4'>[];
}

/** What flyctl adds to a machine's environment by itself, from fly.toml's process group and `primary_region`. */
export function flyctlEnvironment({ names }: FlyDesired): Record<string, string> {
  return { FLY_PROCESS_GROUP: 'app', PRIMARY_REGION: names.region };
}

/** The wanted state of `spec`. Pure; never throws. */
export function toDesired(spec: EnvironmentSpec): FlyDesired {
  const names = desiredNames(spec);
  const options = readOptions(spec);
  const guest = resolveGuest(spec);
  const sizeGb = wantedVolumeGb(spec);
  return {
    names,
    image: resolveImage(spec),
    guest,
    swapMb: options.autoStopMachines || guest.gpu !== null ? null : Math.max(Math.floor(guest.memoryMb / 2), 2048),
    env: environment(spec),
    mount: {
      volume: names.volume,
      path: homePath,
      sizeGb,
      snapshotRetention: options.snapshotRetention,
      growAtPercent: volumeGrowth.thresholdPercent,
      growByGb: volumeGrowth.addGb,
      growToGb: Math.max(volumeGrowth.limitGb, sizeGb),
    },
    service: {
      internalPort: names.internalPort,
      port: names.sshPort,
      autostop: options.autoStopMachines ? 'suspend' : 'off',
      autostart: options.autoStartMachines,
      minMachinesRunning: 0,
    },
    // The grace period lets sshd come up on a first boot that prepares the whole home.
    check: { name: 'ssh', port: names.internalPort, interval: '30s', timeout: '10s', gracePeriod: '120s' },
    // Fly's own default, written out so that a crash on boot ends after a known number of tries.
    restart: { policy: 'on-failure', maxRetries: 10 },
    // Raw TCP does not pass a shared IPv4; it is there for the A record of <app>.fly.dev and for HTTP services.
    ips: ['v6', names.dedicatedIpv4 ? 'v4' : 'shared_v4'],
  };
}

function environment(spec: EnvironmentSpec): Record<string, string> {
  const { profile, active, additional, autoInstall } = spec.extensions;
  return {
    HOME: homePath,
    WORKSPACE: workspacePath(spec),
    DEV_USER: 'developer',
    SSH_PORT: String(desiredNames(spec).internalPort),
    TZ: 'UTC',
    INIT_WORKSPACE: 'true',
    ...(profile === null ? {} : { INSTALL_PROFILE: profile }),
    ...(active.length === 0 ? {} : { CUSTOM_EXTENSIONS: active.join(',') }),
    ...(additional.length === 0 ? {} : { ADDITIONAL_EXTENSIONS: additional.join(',') }),
    SKIP_AUTO_INSTALL: String(!autoInstall),
  };
}
