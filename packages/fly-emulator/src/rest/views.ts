import type { JsonObject, JsonValue } from '../json.js';
import { imageRef } from '../platform/image-ref.js';
import type { Platform } from '../platform/platform.js';
import type {
  AppRecord,
  IpRecord,
  LeaseRecord,
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
function appStatus(machines: MachineRecord[]): string {
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

export function machineSummary(machine: MachineRecord): JsonObject {
  return {
    id: machine.id,
    name: machine.name,
    state: machine.state,
    region: machine.region,
    instance_id: machine.version,
    version: machine.version,
    private_ip: machine.privateIp,
    created_at: time(machine.createdAt),
    updated_at: time(machine.updatedAt),
    cordoned: machine.cordoned,
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
  return {
    ...machineSummary(machine),
    ...(unreachable ? { incomplete_config: machine.config } : { config: machine.config }),
    events: eventViews(machine, 20),
    checks: platform.checks.statuses(machine).map((check) => ({
      name: check.name,
      status: check.status,
      output: check.output,
      updated_at: time(check.updatedAt),
    })),
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
    type: 'local',
    host_status: machine && isUnreachable(platform, machine) ? 'unreachable' : 'ok',
  };
}

export function volumeView(platform: Platform, volume: VolumeRecord): JsonObject {
  const blocks = (volume.sizeGb * GB) / BLOCK_SIZE;
  const used = Math.floor(blocks / 100);
  return {
    ...volumeSummary(platform, volume),
    block_size: BLOCK_SIZE,
    blocks,
    blocks_free: blocks - used,
    blocks_avail: blocks - used,
    bytes_total: blocks * BLOCK_SIZE,
    bytes_used: used * BLOCK_SIZE,
  };
}

export function snapshotView(snapshot: SnapshotRecord): JsonObject {
  return {
    id: snapshot.id,
    size: Math.floor((snapshot.sizeGb * GB) / 100),
    volume_size: snapshot.sizeGb * GB,
    digest: snapshot.digest,
    status: snapshot.status,
    created_at: time(snapshot.createdAt),
    retention_days: snapshot.retentionDays,
  };
}
