import type {
  EnvironmentSpec,
  JsonObject,
  Observation,
  ObservedResource,
  PlanRequest,
  VolumeSnapshot,
} from '@sindri/core';
import type { FlyOptions } from './planner/desired/options.js';

/**
 * The seam between the two halves of this provider: `api/` and `apply/` talk to Fly, `planner/` is pure. These are the
 * shapes that pass between them inside `Observation.resources[].data`, `Observation.facts` and `Change.payload`; all are
 * JSON, and types rather than interfaces, because only types count as JSON objects. Names are Fly's where the thing is Fly's.
 */

/** A spec whose options the schema of `providers.fly` has accepted. */
export type FlySpec = EnvironmentSpec<FlyOptions>;

/** What was seen on Fly. */
export type FlyObservation = Observation<FlyData, FlyFacts>;

/** What is wanted on Fly. */
export type FlyPlanRequest = PlanRequest<FlyOptions>;

/** One thing as it was seen on Fly. */
export type FlyResource = ObservedResource<FlyData>;

/** What a present resource carries, by its kind. */
export type FlyData =
  | ({ kind: 'app' } & AppData)
  | ({ kind: 'ips' } & IpsData)
  | ({ kind: 'secrets' } & SecretsData)
  | ({ kind: 'volume' } & VolumeData)
  | ({ kind: 'machine' } & MachineData)
  | ({ kind: 'image' } & BuiltImageData);

/**
 * Resource ids of an observation, and the prefix of change ids (`volume:home_data:create`). An observed resource and every
 * change to it carry the same `type` (the id's first word) and `name` (app name, volume name, or the *wanted* machine name
 * `<app>-1`, also for an adopted machine that is called otherwise): core refuses a change to what could not be read by these.
 * Those of a second machine and its volume are there where the config asks for one, or where there is one.
 */
export const resourceIds = {
  app: 'app',
  ips: 'ips',
  secrets: 'secrets',
  volume: (name: string) => `volume:${name}`,
  machine: (name: string) => `machine:${name}`,
  image: (tag: string) => `image:${tag}`,
} as const;

/** Metadata keys on a machine. The `sindri_…` ones are ours, the others are flyctl's and keep it working on our machines. */
export const metadataKeys = {
  environment: 'sindri_env',
  specHash: 'sindri_spec_hash',
  launchId: 'sindri_launch_id',
  /** A mark of the value of each secret of the config as it was set last (see `secretsHash`). */
  secretsHash: 'sindri_secrets_hash',
  /** A mark of the digest of each as the platform reported it then: shows a change made elsewhere. */
  secretsDigest: 'sindri_secrets_digest',
  /** The names of the secrets that the last deploy set, comma-joined: one that has left the config is unset. Written by `plan`. */
  secretNames: 'sindri_secrets',
  /** The public keys that Sindri has put into AUTHORIZED_KEYS last, `type base64 comment`, one per line. */
  authorizedKeys: 'sindri_authorized_keys',
  /** The platform's digest of AUTHORIZED_KEYS then: with another one, the keys in it are not known. */
  keysDigest: 'sindri_keys_digest',
  /** Names of secrets that were set since the last update of the machine and are not in it, comma-joined; `-NAME@MS` for one that was removed, with the moment when the machine had got its secrets then. */
  stagedSecrets: 'sindri_secrets_staged',
  /** The version that Fly gave those: the next update waits for it. */
  secretsVersion: 'sindri_secrets_version',
  /** When the FLY_API_TOKEN that Sindri has minted stops working, ISO 8601. */
  tokenExpires: 'sindri_token_expires',
  /** The id of the machine whose place this one has taken with a restored volume: that one is on its way out. */
  replaces: 'sindri_replaces',
  /** On a machine that builds an image, in place of the environment's mark: the environment that it builds for. */
  builder: 'sindri_builder',
  /** `second` on the second machine of an environment with `highAvailability`. */
  instance: 'sindri_instance',
  platformVersion: 'fly_platform_version',
  processGroup: 'fly_process_group',
  flyctlVersion: 'fly_flyctl_version',
} as const;

/**
 * The secret that marks an app as ours. It is set with the first secrets of an environment, stays for as long as the app does, and
 * everybody who may see the app sees its name. Its value, the environment's name, is for what runs inside.
 */
export const markSecret = 'SINDRI_ENVIRONMENT';

/** The secret that holds a token for what runs inside. */
export const tokenSecret = 'FLY_API_TOKEN';

export type IpType = 'v4' | 'v6' | 'shared_v4' | 'private_v6';

export type AppData = {
  id: string;
  name: string;
  organization: string;
  status: string;
};

export type IpsData = {
  items: { ip: string; type: IpType; region: string }[];
};

export type SecretsData = {
  items: { name: string; digest: string; updatedAt: string | null }[];
};

export type VolumeData = {
  id: string;
  name: string;
  state: string;
  region: string;
  sizeGb: number;
  attachedMachineId: string | null;
  snapshotRetention: number | null;
  createdAt: string | null;
  hostStatus: string | null;
  /** How full it is; `null` while no machine has it, and when Fly does not tell. */
  use: { usedBytes: number; totalBytes: number } | null;
  /** Other volumes of this name, in this or another region: never touched, but people are told. */
  others: OtherVolume[];
};

/** An image that was built from source, in the app's own repository of registry.fly.io. */
export type BuiltImageData = {
  digest: string;
};

/** A machine that builds, or has built. */
export type BuilderData = {
  id: string;
  name: string;
  state: string;
  createdAt: string | null;
};

/** A volume that a builder works on. */
export type BuildVolumeData = {
  id: string;
  sizeGb: number;
  attachedMachineId: string | null;
};

/** A volume that is to be made. */
export type NewVolume = {
  name: string;
  region: string;
  sizeGb: number;
  snapshotRetention: number;
  /** Placement hints: the guest and image that the host must be able to run. */
  compute: JsonObject;
  computeImage: string;
  /** On another host than every other volume of the app. */
  apart?: boolean;
};

export type OtherVolume = Pick<
  VolumeData,
  'id' | 'region' | 'sizeGb' | 'attachedMachineId' | 'createdAt' | 'hostStatus' | 'use'
>;

export type MachineData = {
  id: string;
  name: string;
  state: string;
  region: string;
  instanceId: string;
  imageRef: { registry: string; repository: string; tag: string | null; digest: string | null } | null;
  /**
   * The config as the API returned it, except that environment values that are not ours and inline file contents are withheld
   * (`keptValue`): they may be secrets. `completeMachineConfig` puts the live ones back before a config is sent.
   */
  config: JsonObject | null;
  metadata: Record<string, string>;
  createdAt: string | null;
  updatedAt: string | null;
  hostStatus: string | null;
  cordoned: boolean;
  checks: { name: string; status: string; output: string | null }[];
  events: MachineEventData[];
  /** What keeps it awake. Only a look for a summary asks for it. */
  heldAwake?: { reason: string; by: string | null; until: string | null };
};

export type MachineEventData = {
  type: string;
  status: string;
  source: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
  exit: { code: number; signal: number; oomKilled: boolean; requestedStop: boolean } | null;
};

/** A key pair that this user can prove to own. */
export type CallerIdentity = {
  kind: 'file' | 'agent' | 'generated';
  /** `type base64`. */
  publicKey: string;
  path: string | null;
  comment: string | null;
};

/** From the first to the last of these TCP ports at Fly's edge. */
export type PortRange = { start: number; end: number };

/** `Observation.facts` of this provider. */
export type FlyFacts = {
  /**
   * The keys with which this user can log in from this computer, the preferred one first. Who runs a deploy is no part of what is
   * wanted: they are spoken of in notes, and the first one goes into a first AUTHORIZED_KEYS.
   */
  identities: CallerIdentity[];
  /** Live region list, `null` when it was not asked for or could not be read (then the built-in table serves). */
  regions: { code: string; name: string; deprecated: boolean }[] | null;
  /** `FLY_ORG` and `FLY_REGION`, as they were at the look: used where the config names none. */
  defaults: { organization: string | null; region: string | null };
  /** Every other machine of the app that is not ours to manage. */
  foreignMachines: {
    id: string;
    name: string;
    state: string;
    /** At the edge; absent = none. */ ports?: PortRange[];
  }[];
  /** Those among them that carry our mark: people may name them as instances, and deploys leave them alone. */
  siblings: { id: string; name: string; state: string; region: string }[];
  /** Machines of ours whose place another has taken: they are going to be deleted. */
  replaced: {
    id: string;
    name: string;
    state: string;
    region: string;
    /** It was the second one. */
    isSecond?: true;
  }[];
  /** Volumes of the app with another name than ours: while there are any, `destroy` keeps the app. */
  foreignVolumes: { id: string; name: string; region: string; sizeGb: number }[];
  /** Builders of this environment and their volumes: what a build that was killed has left, or one that is under way. */
  builders: BuilderData[];
  buildVolumes: BuildVolumeData[];
  /** This computer has asked for the app, and does not know yet that it carries our mark. */
  askedForHere: boolean;
  /** The snapshots of our volumes, newest first; `null` when they were not asked for: only a restore needs them. */
  snapshots: FlySnapshot[] | null;
  /** A restore that this computer has begun and not seen to its end. */
  restoring: BegunRestore | null;
};

/** A snapshot that could be restored. */
export type FlySnapshot = {
  id: string;
  volumeId: string;
  state: VolumeSnapshot['state'];
  /** ISO 8601; `null` while it is written. */
  createdAt: string | null;
  /** The size of the volume that it was taken of; `null` when Fly does not tell. */
  volumeGb: number | null;
};

/** What is known of a restore that may not have ended. */
export type BegunRestore = {
  snapshot: string;
  region: string;
  /** The new volume; `null` = Fly has not answered. */
  volumeId: string | null;
};

/** `Change.payload` by what the change does. */
export type ChangePayload =
  | { kind: 'identity.create' }
  | { kind: 'app.create'; name: string; organization: string }
  /** Marks an app that others made. */
  | { kind: 'app.adopt'; name: string }
  | { kind: 'app.delete'; name: string }
  | { kind: 'ip.create'; type: 'v4' | 'v6' | 'shared_v4' }
  /** `withApp`: it costs nothing by itself, and the app goes in the same plan. */
  | { kind: 'ip.delete'; ip: string; withApp?: boolean }
  | {
      kind: 'secrets.set';
      /** Names whose values come from `ApplyContext.secrets`. */
      set: string[];
      unset: string[];
      /** Also mark the app as ours, see `markSecret`. */
      mark: boolean;
      /** Make AUTHORIZED_KEYS of these public keys, plus the identity of this user; `null` = it is not made here. */
      authorizedKeys: { keys: string[]; addIdentity: boolean } | null;
      /** Mint a token for this app alone and set it as `tokenSecret`. */
      mintToken?: { days: number };
      /** Note at this machine what it lacks: all of it when it `isStaged`; else what is removed, lest a run is cut short before its update. */
      noted?: { machineId: string; name: string; isStaged: boolean };
    }
  | {
      kind: 'image.build';
      /** `registry.fly.io/my-app:sindri-3.1.3-0123456789ab`. */
      reference: string;
      repository: string;
      commit: string;
      dockerfile: string;
      /** The base of the image, where it is not the usual one. */
      distro: string | null;
      /** The repository wants a token. */
      isPrivate: boolean;
      region: string;
      /** The name of the machine that builds it: only one can have it. */
      builder: string;
    }
  | {
      /** Removes what was only there for a build. */
      kind: 'build.clean';
      machines: { id: string; name: string }[];
      volumes: string[];
    }
  | ({ kind: 'volume.create' } & NewVolume)
  | ({
      /** Like `volume.create`, with what a snapshot holds. */
      kind: 'volume.restore';
      snapshotId: string;
      /** No machine takes it over in this plan. */
      alone: boolean;
    } & NewVolume)
  | { kind: 'volume.extend'; volumeId: string; sizeGb: number }
  | { kind: 'volume.update'; volumeId: string; snapshotRetention: number }
  | { kind: 'volume.delete'; volumeId: string; name: string }
  | { kind: 'snapshot.create'; volumeId: string; name: string }
  | {
      kind: 'machine.create';
      name: string;
      region: string;
      /** Complete, except for what `apply` fills in with `completeMachineConfig`: volume, launch id, secrets hashes. */
      config: JsonObject;
      volumeName: string | null;
    }
  | {
      kind: 'machine.update';
      machineId: string;
      name: string;
      /** The version that the plan was made for; a newer one on the platform makes the plan stale. */
      instanceId: string;
      /** Complete: the live config with our fields replaced; `completeMachineConfig` restores withheld values and marks. */
      config: JsonObject;
      /** One that sleeps goes on sleeping: nobody waits for it. */
      staysAsleep?: boolean;
    }
  | {
      /** A machine like another one, with the restored volume. The other one stays until `machine.retire`. */
      kind: 'machine.replace';
      machineId: string;
      /** The new one's. */
      name: string;
      /** The version that the plan was made for. */
      instanceId: string;
      region: string;
      /** Complete, as in `machine.create`. */
      config: JsonObject;
      /** The host of the old one does not answer: its config is not known, and this one comes from the spec. */
      fromSpec: boolean;
      /** It stays stopped, as the old one is. */
      asleep: boolean;
    }
  | {
      /** Deletes a machine whose place another has taken, and waits until that one is usable. */
      kind: 'machine.retire';
      machineId: string;
      name: string;
      /** `null` = the one that this plan makes. */
      successorId: string | null;
      /** The successor is to run. */
      starts: boolean;
    }
  | { kind: 'machine.metadata'; machineId: string; name: string; metadata: Record<string, string> }
  | { kind: 'machine.start'; machineId: string; name: string }
  | {
      kind: 'machine.delete';
      machineId: string;
      name: string;
      /** Nothing of it stays: there is no volume that what it has in memory should reach. */
      atOnce?: boolean;
    }
  | {
      kind: 'key.admit';
      machineId: string;
      name: string;
      publicKey: string;
      comment: string;
      /** Also for the next start: not where AUTHORIZED_KEYS comes from the config. */
      lasting: boolean;
      /** Another machine that runs, and gets it now as well. */
      second?: { machineId: string; name: string };
    }
  | {
      kind: 'key.remove';
      machineId: string;
      name: string;
      fingerprint: string;
      lasting: boolean;
      /** Another machine that runs, and loses it as well. */
      second?: { machineId: string; name: string };
    };
