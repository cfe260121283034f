import { ApiError, badRequest, conflict, preconditionFailed, unprocessable } from '../api-error.js';
import type { AppRecord, MachineConfig, MachineRecord, VolumeRecord } from '../records.js';
import type { Platform } from './platform.js';
import { privateAddress } from './network.js';
import { placeRegion } from './regions.js';

export interface MachineRequest {
  config: MachineConfig;
  name?: string;
  region?: string;
  skipLaunch?: boolean;
  cordoned?: boolean;
  skipSecrets?: boolean;
  minSecretsVersion?: number;
}

/** Makes a machine and sets it going. Everything that can be refused is refused before anything is made. */
export function createMachine(platform: Platform, app: AppRecord, request: MachineRequest): MachineRecord {
  const { store, clock, ids, random, lifecycle } = platform;
  const name = request.name ?? freeName(platform, app);
  checkName(platform, app, name);
  checkSecretsVersion(app, request.minSecretsVersion);
  const volumes = findVolumes(platform, app, request.config);
  // Asked for another region than its volume's, a machine follows the volume (unsure: Fly may refuse instead).
  const region = volumes[0]?.region ?? placeRegion(request.region, random).code;
  checkQuotas(platform, app, region, request.config);

  const version = ids.ulid();
  const machine: MachineRecord = {
    id: freeId(platform),
    app: app.name,
    name,
    state: 'created',
    region,
    hostId: volumes[0]?.hostId ?? ids.hex(4),
    privateIp: privateAddress(platform, app, '2'),
    version,
    config: request.config,
    versions: [{ version, config: request.config, createdAt: clock.now() }],
    events: [],
    cordoned: request.cordoned ?? false,
    lease: null,
    wantsUp: request.skipLaunch !== true,
    skipSecrets: request.skipSecrets ?? false,
    memoryLimitMb: null,
    createdAt: clock.now(),
    updatedAt: clock.now(),
  };
  const launch = (status: string, source: 'user' | 'flyd') =>
    machine.events.push({ id: ids.ulid(), type: 'launch', status, source, timestamp: clock.now() });
  launch('pending', 'flyd');
  launch('created', 'user');
  store.state.machines[machine.id] = machine;
  for (const volume of volumes) {
    volume.attachedMachine = machine.id;
    store.changed({ volume });
  }
  store.changed({ machine });
  lifecycle.launch(machine);
  return machine;
}

/** Throws unless a new config keeps the volume: it cannot be changed, and neither can name and region. */
export function checkSameVolumes(machine: MachineRecord, config: MachineConfig): void {
  const before = (machine.config.mounts ?? []).map((mount) => mount.volume).join();
  const after = (config.mounts ?? []).map((mount) => mount.volume).join();
  // What Fly answers is not known (unsure).
  if (before !== after) throw preconditionFailed('the volume attached to a machine cannot be changed');
}

/** Throws when a host could never see the secrets that the caller has just written. */
export function checkSecretsVersion(app: AppRecord, minimum: number | undefined): void {
  // Fly waits for its hosts; a version that was never written cannot arrive (wording unsure).
  if (minimum !== undefined && minimum > app.secretsVersion) {
    throw preconditionFailed(`secrets version ${minimum} is not available, latest is ${app.secretsVersion}`);
  }
}

function checkName(platform: Platform, app: AppRecord, name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(name))
    throw badRequest(`invalid_argument: invalid machine name "${name}"`);
  const twin = platform.store.machineNamed(app.name, name);
  if (twin) {
    throw conflict(
      `already_exists: unique machine name violation, machine ID ${twin.id} already exists with name "${name}"`,
    );
  }
}

function findVolumes(platform: Platform, app: AppRecord, config: MachineConfig): VolumeRecord[] {
  return (config.mounts ?? []).map((mount) => {
    const volume = platform.store.volume(mount.volume);
    // Wording unsure.
    if (!volume || volume.app !== app.name || volume.state === 'pending_destroy') {
      throw badRequest(`invalid_argument: volume ${mount.volume} not found`);
    }
    if (volume.attachedMachine !== null) {
      throw preconditionFailed(`volume already claimed by machine ${volume.attachedMachine}`);
    }
    mount.name ??= volume.name;
    return volume;
  });
}

function checkQuotas(platform: Platform, app: AppRecord, region: string, config: MachineConfig): void {
  const { store, settings } = platform;
  const { machines: count, memoryMbByRegion } = store.useOf(app.org);
  const { machines: limit, memoryMbPerRegion } = settings.quotas;
  if (limit !== undefined && count >= limit) {
    // Wording unsure.
    throw unprocessable(`organization "${app.org}" has reached its machine limit of ${limit}`);
  }
  const used = memoryMbByRegion.get(region) ?? 0;
  if (memoryMbPerRegion !== undefined && used + config.guest.memory_mb > memoryMbPerRegion) {
    throw new ApiError(
      403,
      `organization "${app.org}" is using ${used} MB of memory in ${region} which is over the allowed quota. ` +
        'Please contact support to raise it.',
    );
  }
}

/** Names tried before one gets a number of its own. */
const PLAIN_TRIES = 20;

function freeId(platform: Platform): string {
  let id = platform.ids.machine();
  while (platform.store.machine(id)) id = platform.ids.machine();
  return id;
}

function freeName(platform: Platform, app: AppRecord): string {
  // There are fewer plain names than machines may be: a number makes room.
  for (let tries = 0; ; tries++) {
    const name = platform.ids.machineName() + (tries < PLAIN_TRIES ? '' : `-${platform.ids.hex(4)}`);
    if (!platform.store.machineNamed(app.name, name)) return name;
  }
}
