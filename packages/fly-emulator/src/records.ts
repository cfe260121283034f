import type { JsonObject, JsonValue } from './json.js';

/** Everything the emulator remembers: plain JSON, so that it can be written to a file and read again. */
export interface State {
  format: 2;
  /** How many times the whole has been written: changes in the journal say which state they follow. */
  epoch: number;
  /** Names this emulator towards its runtime, so that processes of an earlier run can be recognised. */
  emulatorId: string;
  /** How many times a process has opened this state. */
  generation: number;
  /** Source of the simulated machines' SSH host keys. */
  hostKeySeed: string;
  /** Simulated volumes made from another one: where their host key comes from. */
  volumeOrigins: Record<string, string>;
  /** Second and third byte of this emulator's loopback addresses, `127.A.B.n`. */
  addressPrefix: [number, number];
  nextNumericId: number;
  orgs: OrgRecord[];
  tokens: TokenRecord[];
  apps: Record<string, AppRecord>;
  machines: Record<string, MachineRecord>;
  volumes: Record<string, VolumeRecord>;
  snapshots: Record<string, SnapshotRecord>;
  /** By id. Absent in the files of earlier versions. */
  wireGuardPeers: Record<string, WireGuardPeerRecord>;
}

export interface OrgRecord {
  slug: string;
  name: string;
  numericId: number;
}

/** A computer that is part of an organisation's private network. */
export interface WireGuardPeerRecord {
  id: string;
  /** Unique in its organisation. */
  name: string;
  org: string;
  /** `default` or the name of another network of the organisation. */
  network: string;
  /** Base64. */
  publicKey: string;
  /** Where its gateway stands. */
  region: string;
  /** `fdaa:…`; the peer owns the /120 around it. */
  ip: string;
  createdAt: number;
}

export type TokenKind = 'personal' | 'org' | 'deploy' | 'readonly';

export interface TokenRecord {
  id: string;
  /** The text of one token, without a scheme word. */
  token: string;
  kind: TokenKind;
  orgs: string[];
  /** Deploy tokens only: the one app they may touch. */
  app: string | null;
  user: string;
  /** Milliseconds since the epoch; `null` = never. */
  expiresAt: number | null;
  revoked: boolean;
  /** Absent when it was never revoked, or by a version that did not write it down. */
  revokedAt?: number;
  /** Given by whoever made it. Absent: made without a name. */
  name?: string;
  /** The user of the token it was made with. */
  createdBy?: string;
}

export type IpType = 'v4' | 'v6' | 'shared_v4' | 'private_v6' | 'egress_v4' | 'egress_v6';

export interface IpRecord {
  ip: string;
  type: IpType;
  region: string;
  serviceName: string;
  createdAt: number;
}

export interface SecretRecord {
  value: string;
  digest: string;
  createdAt: number;
  updatedAt: number;
}

export interface AppRecord {
  id: string;
  name: string;
  numericId: number;
  org: string;
  network: string;
  createdAt: number;
  idempotencyKey: string | null;
  ips: IpRecord[];
  secrets: Record<string, SecretRecord>;
  secretsVersion: number;
  /** Oldest first; only the newest are kept. Absent in the files of earlier versions. */
  releases?: ReleaseRecord[];
  /** What was pushed to the app's repository of the registry, by tag. Absent in the files of earlier versions. */
  images?: Record<string, ImageRecord>;
}

/** An image in the registry: what is served of it, byte for byte. */
export interface ImageRecord {
  manifest: string;
  /** The one blob that the manifest names. */
  config: string;
}

/** What a client has told of one deployment: the platform itself neither needs nor makes it. */
export interface ReleaseRecord {
  id: string;
  version: number;
  status: string;
  strategy: string;
  imageRef: string;
  /** The app's fly.toml as JSON. */
  definition: JsonValue;
  user: string;
  createdAt: number;
}

export type MachineState =
  | 'created'
  | 'starting'
  | 'started'
  | 'stopping'
  | 'stopped'
  | 'suspending'
  | 'suspended'
  | 'restarting'
  | 'replacing'
  | 'failed'
  | 'destroying'
  | 'destroyed';

export interface MachineEventRecord {
  id: string;
  type: string;
  status: string;
  source: 'user' | 'flyd' | 'proxy';
  timestamp: number;
  request?: JsonObject | null;
}

export interface LeaseRecord {
  nonce: string;
  expiresAt: number;
  owner: string;
  description: string;
  version: string;
}

export interface MachineVersionRecord {
  version: string;
  config: MachineConfig;
  createdAt: number;
}

export interface MachineRecord {
  id: string;
  app: string;
  name: string;
  state: MachineState;
  region: string;
  hostId: string;
  privateIp: string;
  version: string;
  config: MachineConfig;
  versions: MachineVersionRecord[];
  /** Oldest first. */
  events: MachineEventRecord[];
  cordoned: boolean;
  lease: LeaseRecord | null;
  /** Whether it should be running: after a restart of the emulator such a machine is booted again. */
  wantsUp: boolean;
  skipSecrets: boolean;
  /**
   * The app's secrets as this machine has them: a restart brings no other ones, nor does waking from memory. Absent = the next boot
   * takes those of the app.
   */
  secrets?: Record<string, string>;
  memoryLimitMb: number | null;
  createdAt: number;
  updatedAt: number;
}

export interface VolumeRecord {
  id: string;
  app: string;
  name: string;
  state: 'created' | 'restoring' | 'hydrating' | 'pending_destroy';
  sizeGb: number;
  region: string;
  zone: string;
  hostId: string;
  encrypted: boolean;
  fstype: string;
  snapshotRetention: number;
  autoBackup: boolean;
  attachedMachine: string | null;
  /** What a test has filled it with. */
  filledBytes?: number;
  createdAt: number;
  updatedAt: number;
  /** When a deleted volume's data really goes; `null` while it is not deleted. */
  purgeAt: number | null;
  /** When the last scheduled snapshot was due. Absent: there was none, or an earlier version kept the file. */
  backedUpAt?: number;
}

export interface SnapshotRecord {
  id: string;
  app: string;
  volume: string;
  sizeGb: number;
  status: 'running' | 'created';
  digest: string;
  retentionDays: number;
  createdAt: number;
}

/** A machine's `config` as the API holds it: known keys only, in the form replies show. */
export interface MachineConfig extends JsonObject {
  image: string;
  init: { exec?: string[]; entrypoint?: string[]; cmd?: string[]; swap_size_mb?: number } & JsonObject;
  guest: GuestConfig;
  /** As it was sent; see `restart-policy.ts` for what an absent member means. */
  restart: { policy?: string; max_retries?: number } & JsonObject;
  metadata: Record<string, string>;
  env?: Record<string, string>;
  files?: ({ guest_path: string; raw_value?: string; secret_name?: string; mode?: number } & JsonObject)[];
  mounts?: ({ volume: string; path: string } & JsonObject)[];
  services?: ServiceConfig[];
  checks?: Record<string, CheckConfig>;
  stop_config?: { signal?: string; timeout?: string | number } & JsonObject;
  rootfs?: { persist?: string; size_gb?: number } & JsonObject;
  auto_destroy?: boolean;
  schedule?: string;
}

export interface GuestConfig extends JsonObject {
  cpu_kind: string;
  cpus: number;
  memory_mb: number;
}

export interface ServiceConfig extends JsonObject {
  protocol?: string;
  internal_port?: number;
  /** As replies show it: `false`, `true` (stop) or `"suspend"`. */
  autostop?: boolean | 'suspend';
  autostart?: boolean;
  min_machines_running?: number;
  ports?: ({ port?: number; start_port?: number; end_port?: number; handlers?: string[] } & JsonObject)[];
  concurrency?: { type?: string; soft_limit?: number; hard_limit?: number } & JsonObject;
  checks?: CheckConfig[];
}

export interface CheckConfig extends JsonObject {
  type?: string;
  port?: number;
  interval?: string | number;
  timeout?: string | number;
  grace_period?: string | number;
  method?: string;
  path?: string;
}
