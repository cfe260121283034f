import { badRequest, preconditionFailed } from '../api-error.js';
import { afterOrSoon } from '../clock.js';
import type { AppRecord, SnapshotRecord, VolumeRecord } from '../records.js';
import type { Platform } from './platform.js';
import { placeRegion } from './regions.js';

/** Fly offers no larger volume. */
export const LARGEST_GB = 500;
const DEFAULT_GB = 3;
const DEFAULT_RETENTION_DAYS = 5;

export interface VolumeRequest {
  name: string;
  region?: string;
  sizeGb?: number;
  encrypted?: boolean;
  fstype?: string;
  snapshotRetention?: number;
  autoBackup?: boolean;
  snapshotId?: string;
  sourceVolumeId?: string;
  /** Not on the host of another volume of this name. Default: true, as Fly documents. */
  requireUniqueZone?: boolean;
  /** Nor on that of any other volume of the app. */
  uniqueZoneAppWide?: boolean;
}

/** Makes a volume: empty, or from a snapshot, or as a fork of another one. The refusals' wording is a guess (unsure). */
export async function createVolume(platform: Platform, app: AppRecord, request: VolumeRequest): Promise<VolumeRecord> {
  const { store, clock, random, runtime, settings } = platform;
  if (!/^[A-Za-z0-9_]{1,30}$/.test(request.name)) {
    throw badRequest('invalid_argument: volume name must be 1 to 30 alphanumeric characters or underscores');
  }
  const source = findSource(platform, app, request);
  // A fork takes region and size from its source where they are empty (likely).
  const wanted = request.region || source?.region;
  if (wanted === undefined) throw badRequest('invalid_argument: region is required');
  const asked = source && request.sizeGb === 0 ? undefined : request.sizeGb;
  const sizeGb = asked ?? source?.sizeGb ?? DEFAULT_GB;
  checkSize(sizeGb);
  if (source && sizeGb < source.sizeGb) {
    throw badRequest(`invalid_argument: size_gb must be at least ${source.sizeGb}, the size of its source`);
  }
  const retention = request.snapshotRetention ?? DEFAULT_RETENTION_DAYS;
  checkRetention(retention);
  const region = placeRegion(wanted, random).code;

  const volume: VolumeRecord = {
    id: freeId(platform),
    app: app.name,
    name: request.name,
    state: source ? (request.snapshotId === undefined ? 'hydrating' : 'restoring') : 'created',
    sizeGb,
    region,
    ...placeVolume(platform, app, region, request),
    encrypted: request.encrypted ?? true,
    fstype: request.fstype ?? 'ext4',
    snapshotRetention: retention,
    autoBackup: request.autoBackup ?? true,
    attachedMachine: null,
    createdAt: clock.now(),
    updatedAt: clock.now(),
    purgeAt: null,
  };
  store.state.volumes[volume.id] = volume;
  store.changed({ volume });
  if (source) {
    await runtime.copyVolume(source.id, volume.id);
    afterOrSoon(clock, settings.latency.volumeMs, () => {
      if (volume.state === 'pending_destroy') return;
      volume.state = 'created';
      store.changed({ volume });
    });
  }
  return volume;
}

/**
 * The host of a new volume: one that the app has a volume on already, where the request allows that (the worst that may happen), else
 * another one. A zone has one host here.
 */
function placeVolume(
  { store, ids }: Platform,
  app: AppRecord,
  region: string,
  { name, requireUniqueZone = true, uniqueZoneAppWide = false }: VolumeRequest,
): Pick<VolumeRecord, 'zone' | 'hostId'> {
  const others = store
    .volumes(app.name)
    .filter((other) => other.region === region && other.state !== 'pending_destroy');
  const apart = requireUniqueZone ? others.filter((other) => uniqueZoneAppWide || other.name === name) : [];
  const shared = others.find(({ zone }) => apart.every((other) => other.zone !== zone));
  return shared === undefined ? { zone: ids.hex(4), hostId: ids.hex(4) } : { zone: shared.zone, hostId: shared.hostId };
}

/** Grows a volume. Throws 400 for less than it has, or more than Fly offers. */
export function extendVolume(platform: Platform, volume: VolumeRecord, sizeGb: number): void {
  checkSize(sizeGb);
  if (sizeGb < volume.sizeGb) {
    throw badRequest(`invalid_argument: volume size can only be increased, it has ${volume.sizeGb} GB`);
  }
  volume.sizeGb = sizeGb;
  touch(platform, volume);
}

export function updateVolume(
  platform: Platform,
  volume: VolumeRecord,
  change: { snapshotRetention?: number; autoBackup?: boolean },
): void {
  if (change.snapshotRetention !== undefined) {
    checkRetention(change.snapshotRetention);
    volume.snapshotRetention = change.snapshotRetention;
  }
  if (change.autoBackup !== undefined) volume.autoBackup = change.autoBackup;
  touch(platform, volume);
}

/** Soft delete: the data stays for a day. */
export function deleteVolume(platform: Platform, volume: VolumeRecord): void {
  if (volume.attachedMachine !== null) {
    throw preconditionFailed(`volume is currently bound to machine: ${volume.attachedMachine}`);
  }
  volume.state = 'pending_destroy';
  volume.purgeAt = platform.clock.now() + platform.settings.volumeRetentionMs;
  touch(platform, volume);
}

/** Throws 412 while another snapshot of the volume is being written. */
export async function createSnapshot(platform: Platform, volume: VolumeRecord): Promise<SnapshotRecord> {
  const { store, clock, ids, runtime, settings } = platform;
  const running = store.snapshots(volume.id).find(({ status }) => status === 'running');
  if (running) {
    const at = new Date(running.createdAt).toISOString().replace(/\.\d+Z$/, 'Z');
    throw preconditionFailed(`snapshot is already scheduled at ${at}`);
  }
  const snapshot: SnapshotRecord = {
    id: ids.snapshot(),
    app: volume.app,
    volume: volume.id,
    sizeGb: volume.sizeGb,
    status: 'running',
    digest: ids.hex(64),
    retentionDays: volume.snapshotRetention,
    createdAt: clock.now(),
  };
  store.state.snapshots[snapshot.id] = snapshot;
  store.changed({ snapshot });
  await runtime.copyVolume(volume.id, snapshot.id);
  afterOrSoon(clock, settings.latency.volumeMs, () => {
    snapshot.status = 'created';
    store.changed({ snapshot });
  });
  return snapshot;
}

function findSource(
  platform: Platform,
  app: AppRecord,
  request: VolumeRequest,
): { id: string; sizeGb: number; region?: string } | null {
  const { snapshotId, sourceVolumeId } = request;
  if (snapshotId !== undefined) {
    const snapshot = platform.store.state.snapshots[snapshotId];
    if (!snapshot || snapshot.app !== app.name) throw badRequest(`invalid_argument: snapshot ${snapshotId} not found`);
    return snapshot;
  }
  if (sourceVolumeId !== undefined) {
    const volume = platform.store.volume(sourceVolumeId);
    if (!volume || volume.app !== app.name) throw badRequest(`invalid_argument: volume ${sourceVolumeId} not found`);
    return volume;
  }
  return null;
}

function checkSize(sizeGb: number): void {
  if (sizeGb < 1 || sizeGb > LARGEST_GB)
    throw badRequest(`invalid_argument: size_gb must be between 1 and ${LARGEST_GB}`);
}

function checkRetention(days: number): void {
  if (days < 1 || days > 60) throw badRequest('invalid_argument: snapshot_retention must be between 1 and 60');
}

function touch(platform: Platform, volume: VolumeRecord): void {
  volume.updatedAt = platform.clock.now();
  platform.store.changed({ volume });
}

function freeId(platform: Platform): string {
  let id = platform.ids.volume();
  while (platform.store.volume(id)) id = platform.ids.volume();
  return id;
}
