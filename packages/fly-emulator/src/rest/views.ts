import type { JsonObject, JsonValue } from '../json.js';
import { imageRef } from '../platform/image-ref.js';
import type { Platform } from '../platform/platform.js';
import { volumeBytes } from '../platform/volume-use.js';
import type {
  AppRecord,
  IpRecord,
  LeaseRecord,
  MachineConfig,
  MachineEventRecord,
  MachineRecord,
  SecretRecord,
  SnapshotRecord,
  VolumeRecord,
} from '../records.js';

const BLOCK_SIZE = 4096;
const GB = 1024 ** 3;

/** How records look on the wire. */
export const time = (ms: number): string => new Date(ms).toISOString();

/** Machines, and only they, tell their times in whole seconds. */
export const wholeSeconds = (ms: number): string => time(ms).replace(/\.\d+Z$/, 'Z');

const NEVER = '0001-01-01T00:00:00Z';

export function appView(platform: Platform, app: AppRecord): JsonObject {
  const { store } = platform;
  const org = store.state.orgs.find((candidate) => candidate.slug === app.org);
  const machines = store.machines(app.name).filter((machine) => machine.state !== 'destroyed');
  const volumes = store.volumes(app.name).filter((volume) => volume.state !== 'pending_destroy');
  return {
    id: app.id,
    name: app.name,
    internal_numeric_id: app.numericId,
    network: app.network,
    status: appStatus(machines),
    machine_count: machines.length,
    volume_count: volumes.length,
    organization: { name: org?.name ?? app.org, slug: app.org, internal_numeric_id: org?.numericId ?? 0 },
    cname_target: `${app.name}.fly.dev`,
    app_role: '',
  };
}

/** Without machines an app is pending; with only sleeping ones it counts as suspended (unsure). */
export function appStatus(machines: MachineRecord[]): string {
  if (machines.length === 0) return 'pending';
  return machines.every((machine) => machine.state === 'suspended') ? 'suspended' : 'deployed';
}

export function ipView(ip: IpRecord): JsonObject {
  return {
    ip: ip.ip,
    region: ip.region,
    service_name: ip.serviceName,
    shared: ip.type === 'shared_v4',
    created_at: time(ip.createdAt),
    ...(ip.type.startsWith('egress') ? { egress: true } : {}),
  };
}

export function secretView(name: string, secret: SecretRecord): JsonObject {
  return { name, digest: secret.digest, created_at: time(secret.createdAt), updated_at: time(secret.updatedAt) };
}

export function leaseView(lease: LeaseRecord): JsonObject {
  return {
    nonce: lease.nonce,
    expires_at: Math.floor(lease.expiresAt / 1000),
    owner: lease.owner,
    description: lease.description,
    version: lease.version,
  };
}

export function eventView(event: MachineEventRecord): JsonObject {
  return {
    id: event.id,
    type: event.type,
    status: event.status,
    source: event.source,
    timestamp: event.timestamp,
    // A member only where Fly sends one, and then possibly null.
    ...(event.request === undefined ? {} : { request: event.request }),
  };
}

/** Newest first. */
export function eventViews(machine: MachineRecord, limit: number): JsonValue[] {
  return machine.events.slice(-limit).reverse().map(eventView);
}

/** A machine's config as replies show it: mounts filled in from their volumes, no empty metadata. */
export function configView(platform: Platform, config: MachineConfig): JsonObject {
  const { metadata, ...rest } = config;
  return {
    ...rest,
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    ...(config.mounts ? { mounts: config.mounts.map((mount) => mountView(platform, mount)) } : {}),
  };
}

function mountView(platform: Platform, mount: JsonObject & { volume: string }): JsonObject {
  const volume = platform.store.volume(mount.volume);
  return volume ? { ...mount, encrypted: volume.encrypted, size_gb: volume.sizeGb } : mount;
}

export function machineSummary(machine: MachineRecord): JsonObject {
  return {
    id: machine.id,
    name: machine.name,
    state: machine.state,
    region: machine.region,
    instance_id: machine.version,
    private_ip: machine.privateIp,
    created_at: wholeSeconds(machine.createdAt),
    updated_at: wholeSeconds(machine.updatedAt),
    ...(machine.cordoned ? { cordoned: true } : {}),
    image_ref: imageRef(machine.config.image),
  };
}

export function machineView(
  platform: Platform,
  machine: MachineRecord,
  options: { leases?: boolean } = {},
): JsonObject {
  const unreachable = isUnreachable(platform, machine);
  const lease = options.leases === true ? platform.leases.current(machine) : null;
  const config = configView(platform, machine.config);
  const checks = platform.checks.statuses(machine).map((check) => ({
    name: check.name,
    status: check.status,
    output: check.output,
    updated_at: time(check.updatedAt),
  }));
  return {
    ...machineSummary(machine),
    ...(unreachable ? { incomplete_config: config } : { config, incomplete_config: null }),
    events: eventViews(machine, 20),
    ...(checks.length === 0 ? {} : { checks }),
    host_status: unreachable ? 'unreachable' : 'ok',
    ...(lease ? { lease: leaseView(lease) } : {}),
  };
}

export function isUnreachable(platform: Platform, machine: MachineRecord): boolean {
  const target = { app: machine.app, id: machine.id, name: machine.name };
  return platform.faults.active('host-unreachable', target) !== null;
}

export function volumeSummary(platform: Platform, volume: VolumeRecord): JsonObject {
  const machine = volume.attachedMachine === null ? undefined : platform.store.machine(volume.attachedMachine);
  return {
    id: volume.id,
    name: volume.name,
    state: volume.state,
    size_gb: volume.sizeGb,
    region: volume.region,
    zone: volume.zone,
    encrypted: volume.encrypted,
    attached_machine_id: volume.attachedMachine,
    attached_alloc_id: null,
    created_at: time(volume.createdAt),
    snapshot_retention: volume.snapshotRetention,
    auto_backup_enabled: volume.autoBackup,
    fstype: volume.fstype,
    host_status: machine && isUnreachable(platform, machine) ? 'unreachable' : 'ok',
    host_dedication_key: '',
  };
}

/** {@link volumeView} with what is on the volume, where the runtime can count it. */
export async function countedVolumeView(platform: Platform, volume: VolumeRecord): Promise<JsonObject> {
  return volumeView(platform, volume, await volumeBytes(platform, volume));
}

/** `dataBytes`: what is on it beside the file system's own part. */
export function volumeView(platform: Platform, volume: VolumeRecord, dataBytes = 0): JsonObject {
  // Before a machine has it there is nothing to count.
  const blockSize = volume.attachedMachine === null ? 0 : BLOCK_SIZE;
  const blocks = blockSize === 0 ? 0 : (volume.sizeGb * GB) / blockSize;
  const own = Math.floor(blocks / 100);
  const used = blockSize === 0 ? 0 : Math.min(blocks, own + Math.ceil(dataBytes / blockSize));
  return {
    ...volumeSummary(platform, volume),
    block_size: blockSize,
    blocks,
    blocks_free: blocks - used,
    blocks_avail: blocks - used,
    bytes_total: blocks * blockSize,
    bytes_used: used * blockSize,
  };
}

/** Time and size are known once it is written. */
export function snapshotView(snapshot: SnapshotRecord): JsonObject {
  const written = snapshot.status !== 'running';
  return {
    id: snapshot.id,
    size: written ? Math.floor((snapshot.sizeGb * GB) / 100) : 0,
    volume_size: snapshot.sizeGb * GB,
    digest: snapshot.digest,
    status: snapshot.status,
    created_at: written ? time(snapshot.createdAt) : NEVER,
    retention_days: snapshot.retentionDays,
  };
}
