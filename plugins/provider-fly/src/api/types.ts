/**
 * What the Machines API and the logs endpoint put on the wire, as far as this provider reads it. Everything that an older
 * or a half-ready host may leave out is optional here, whatever the published schema says.
 */

export interface WireApp {
  id?: string;
  name: string;
  status?: string;
  machine_count?: number;
  volume_count?: number;
  organization?: { name?: string; slug?: string };
}

export interface WireIp {
  ip: string;
  region?: string;
  shared?: boolean;
  service_name?: string;
  created_at?: string;
}

export interface WireSecret {
  name: string;
  digest?: string;
  created_at?: string;
  updated_at?: string;
}

export interface WireSecretsReply {
  secrets?: WireSecret[];
  version?: number;
  /** The deprecated spelling; older hosts send only this one. */
  Version?: number;
}

/** The reply to setting or removing one secret. */
export interface WireSecretReply extends Partial<WireSecret> {
  version?: number;
  Version?: number;
}

export interface WireVolume {
  id: string;
  name: string;
  state: string;
  region: string;
  size_gb: number;
  attached_machine_id?: string | null;
  attached_alloc_id?: string | null;
  snapshot_retention?: number | null;
  auto_backup_enabled?: boolean;
  encrypted?: boolean;
  created_at?: string | null;
  host_status?: string | null;
  /** In bytes. */
  block_size?: number | null;
  blocks?: number | null;
  blocks_free?: number | null;
}

export interface WireSnapshot {
  id: string;
  /** `running` while it is written, then `created`. */
  status?: string;
  /** The year 1 while it is written. */
  created_at?: string;
  /** Bytes that are stored; 0 while it is written. */
  size?: number;
  /** Bytes that the volume had: a restored one has at least as many. */
  volume_size?: number;
  retention_days?: number;
}

export interface WireImageRef {
  registry?: string;
  repository?: string;
  tag?: string;
  digest?: string;
  labels?: Record<string, string> | null;
}

export interface WireExitEvent {
  exit_code?: number;
  guest_exit_code?: number;
  guest_signal?: number;
  signal?: number;
  guest_error?: string;
  error?: string;
  oom_killed?: boolean;
  requested_stop?: boolean;
  restarting?: boolean;
  exited_at?: string;
}

export interface WireMachineEvent {
  id?: string;
  type: string;
  status?: string;
  source?: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
  /** The schema says object; the wire also says `null`. Two nests of the exit event are in use. */
  request?: {
    exit_event?: WireExitEvent;
    MonitorEvent?: { exit_event?: WireExitEvent };
    restart_count?: number;
  } | null;
}

export interface WireCheck {
  name: string;
  status: string;
  output?: string | null;
  updated_at?: string;
}

export interface WireLease {
  nonce?: string;
  /** Seconds since the epoch. */
  expires_at?: number | null;
  owner?: string;
  description?: string;
  version?: string;
}

/** A machine config as JSON. We read few fields and send all of them back, so it stays open. */
export type WireMachineConfig = Record<string, unknown> & {
  image?: string;
  env?: Record<string, string>;
  metadata?: Record<string, string>;
  guest?: Record<string, unknown>;
  init?: Record<string, unknown>;
  mounts?: (Record<string, unknown> & { volume?: string; name?: string; path?: string })[];
  services?: Record<string, unknown>[];
  schedule?: string;
};

export interface WireMachine {
  id: string;
  name: string;
  state: string;
  region: string;
  instance_id?: string;
  version?: string;
  private_ip?: string;
  created_at?: string;
  updated_at?: string;
  image_ref?: WireImageRef | null;
  config?: WireMachineConfig | null;
  /** Instead of `config` when the host cannot be asked (`host_status` is not `ok`). */
  incomplete_config?: WireMachineConfig | null;
  events?: WireMachineEvent[] | null;
  checks?: WireCheck[] | null;
  host_status?: string;
  cordoned?: boolean;
  lease?: WireLease | null;
  /** Only in the reply to a create with `lease_ttl`. */
  nonce?: string;
}

export interface WireExecReply {
  exit_code?: number;
  exit_signal?: number;
  stdout?: string;
  stderr?: string;
}

export interface WireRegion {
  code: string;
  name: string;
  deprecated?: boolean;
  latitude?: number;
  longitude?: number;
}

/** The wire has capitals, the published schema has not. */
export interface WirePlacement {
  Region?: string;
  region?: string;
}

export interface WirePlacementsReply {
  Regions?: WirePlacement[] | null;
  regions?: WirePlacement[] | null;
}

/** The wire has capitals, the published schema has not. */
export interface WireRegionsReply {
  Regions?: WireRegion[];
  regions?: WireRegion[];
  Nearest?: string;
  nearest?: string;
}

export interface WireLogEntry {
  id?: string;
  attributes?: {
    timestamp?: string;
    message?: string;
    level?: string;
    instance?: string;
    region?: string;
    meta?: { event?: { provider?: string }; instance?: string };
  };
}

export interface WireLogsReply {
  data?: WireLogEntry[];
  meta?: { next_token?: string };
}

export interface WireTokenInfo {
  organization?: string;
  org_slug?: string;
  apps?: unknown[] | null;
  user?: string | null;
}

export interface WireErrorBody {
  error?: string;
  message?: string;
  msg?: string;
  status?: string;
}
