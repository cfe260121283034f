import type { JsonObject, ObservedResource } from '@sindri/core';

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
