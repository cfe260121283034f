import type { GpuSpec } from '@sindri/core';
import { homePath, imageEnvironment, resolveImage, type ImageChoice } from '@sindri/image-contract';
import { byDigest, desiredBuild, type DesiredBuild } from './build.js';
import type { FlySpec, IpType } from '../../model.js';
import { resolveGuest, type Guest } from '../hardware/guest.js';
import type { IdleSettings } from './idle.js';
import { namesFrom, namesOfSecond, type DesiredNames } from './names.js';
import type { FlyOptions } from './options.js';
import { isInFile } from './origins.js';
import { servicesOf, sshCheckTimes, type CheckTimes, type FlyService } from './services.js';
import { settleOptions, type OptionOrigin, type Seen } from './settle-options.js';
import { defaultVolumeGb, volumeGrowth } from './volume-size.js';

/**
 * Everything an environment should be on Fly, in one value: the config, `FLY_ORG` and `FLY_REGION`, and what exists, settled.
 * Plans, the machine config that goes to the API and the generated fly.toml are made from it and from nothing else, so they
 * cannot drift apart.
 */
export interface FlyDesired {
  names: DesiredNames;
  /** Where each option comes from. */
  origins: Readonly<Record<keyof FlyOptions, OptionOrigin>>;
  image: ImageChoice & {
    /** The config asks in so many words to verify signature or provenance. */
    verificationIsAsked: boolean;
  };
  /** The image is built from source; `null` = it is a published one. */
  build: DesiredBuild | null;
  guest: Guest;
  /** What the config asks for; its truth on Fly is in {@link FlyDesired.guest}. */
  gpu: GpuSpec | null;
  /** `null` = no swap: Fly does not suspend a machine that has any. */
  swapMb: number | null;
  /** Without flyctl's own two, see `flyctlEnvironment`. */
  env: Record<string, string>;
  mount: {
    volume: string;
    path: string;
    sizeGb: number;
    /** The config names the size. */
    sizeIsAsked: boolean;
    snapshotRetention: number;
    growAtPercent: number;
    growByGb: number;
    growToGb: number;
  };
  services: FlyService[];
  /** The check of sshd at top level, beside that of its service. */
  check: CheckTimes & { name: string; port: number };
  idle: IdleSettings;
  restart: { policy: 'on-failure'; maxRetries: number };
  /** The addresses an app needs; those made over the API have none to begin with. */
  ips: Extract<IpType, 'v4' | 'v6' | 'shared_v4'>[];
  /** The names of the secrets in the config, in its order, found or not. */
  secretNames: string[];
  /** The secrets among them that are files inside. */
  files: { secret: string; path: string; mode: number }[];
  /** The machine gets a token of its own that reaches this app alone. */
  mintsToken: boolean;
  /** Whether there is to be a second machine, see {@link desiredSecond}. */
  hasSecond: boolean;
  /** Whether this is what the second machine should be. */
  isSecond: boolean;
}

/** What flyctl adds to a machine's environment by itself, from fly.toml's process group and `primary_region`. */
export function flyctlEnvironment({ names }: FlyDesired): Record<string, string> {
  return { FLY_PROCESS_GROUP: 'app', PRIMARY_REGION: names.region };
}

/**
 * The wanted state of an environment. The one place that reads the spec for a plan; what comes after it reads the result.
 * Pure; never throws.
 */
export function settle(spec: FlySpec, seen: Seen = { defaults: null, volume: null }): FlyDesired {
  const { options, origins } = settleOptions(spec, seen);
  const build = desiredBuild(spec);
  const names = namesFrom(spec.name, options);
  const guest = resolveGuest(spec.resources, options.cpuKind);
  const sizeGb = spec.workspace.sizeGb ?? defaultVolumeGb;
  return {
    names,
    origins,
    image: { ...imageChoice(spec, build, seen), verificationIsAsked: verificationIsAsked(spec) },
    build,
    guest,
    gpu: spec.resources.gpu,
    swapMb: options.autoStopMachines || guest.gpu !== null ? null : Math.max(Math.floor(guest.memoryMb / 2), 2048),
    env: imageEnvironment(spec),
    mount: {
      volume: names.volume,
      path: homePath,
      sizeGb,
      sizeIsAsked: spec.workspace.sizeGb !== null,
      snapshotRetention: options.snapshotRetention,
      growAtPercent: volumeGrowth.thresholdPercent,
      growByGb: volumeGrowth.addGb,
      // A volume that has outgrown the config must not get a limit below its own size.
      growToGb: Math.max(volumeGrowth.limitGb, sizeGb, seen.volume?.sizeGb ?? 0),
    },
    services: servicesOf(options, origins.sshTlsPort === 'config'),
    check: { name: 'ssh', port: names.internalPort, ...sshCheckTimes },
    idle: { autostop: options.autoStopMachines ? 'suspend' : 'off', autoStartMachines: options.autoStartMachines },
    // Fly's own default, written out so that a crash on boot ends after a known number of tries.
    restart: { policy: 'on-failure', maxRetries: 10 },
    // Raw TCP does not pass a shared IPv4; it is there for the A record of <app>.fly.dev, SSH inside TLS, and HTTP services.
    ips: ['v6', names.dedicatedIpv4 ? 'v4' : 'shared_v4'],
    secretNames: spec.secrets.map(({ name }) => name),
    files: spec.secrets.flatMap(({ name, file }) =>
      file === undefined ? [] : [{ secret: name, path: file.mountPath, mode: file.mode }],
    ),
    mintsToken: options.appToken,
    hasSecond: options.highAvailability,
    isSecond: false,
  };
}

/** What was built is deployed by its digest. */
function imageChoice(spec: FlySpec, build: DesiredBuild | null, { imageDigest = null }: Seen): ImageChoice {
  if (build === null) return resolveImage(spec);
  const { reference } = build;
  return {
    reference: imageDigest === null ? reference : byDigest(reference, imageDigest),
    origin: 'config',
    request: null,
  };
}

/**
 * What the second machine should be: like the first one, with a volume of its own. It stays where its volume is, for a restore may have
 * taken the first one elsewhere.
 */
export function desiredSecond(desired: FlyDesired, volume: Seen['volume']): FlyDesired {
  const names = namesOfSecond({ ...desired.names, region: volume?.region ?? desired.names.region });
  const growToGb = Math.max(volumeGrowth.limitGb, desired.mount.sizeGb, volume?.sizeGb ?? 0);
  return { ...desired, names, mount: { ...desired.mount, volume: names.volume, growToGb }, isSecond: true };
}

function verificationIsAsked(spec: FlySpec): boolean {
  return ['deployment.image_config.verify_signature', 'deployment.image_config.verify_provenance'].some((path) =>
    isInFile(spec, path),
  );
}
