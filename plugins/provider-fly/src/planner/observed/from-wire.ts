import type { EnvironmentSpec, JsonObject } from '@sindri/core';
import { homePath } from '@sindri/image-contract';
import type { WireApp, WireIp, WireMachine, WireMachineEvent, WireSecret, WireVolume } from '../../api/types.js';
import {
  metadataKeys,
  type AppData,
  type IpType,
  type IpsData,
  type MachineData,
  type MachineEventData,
  type SecretsData,
  type VolumeData,
} from '../../model.js';
import { withholdValues } from '../config/kept-values.js';
import { desiredNames } from '../desired/names.js';

/** An app as the rest of this provider sees it. */
export function toAppData(wire: WireApp): AppData {
  return {
    id: wire.id ?? wire.name,
    name: wire.name,
    organization: wire.organization?.slug ?? '',
    status: wire.status ?? 'unknown',
  };
}

/** The IP addresses of an app, sorted, so that equal sets are equal JSON. */
export function toIpsData(wire: readonly WireIp[]): IpsData {
  const items = wire.map((item) => ({ ip: item.ip, type: ipType(item), region: item.region ?? 'global' }));
  return { items: items.sort((a, b) => compare(a.ip, b.ip)) };
}

/** The wire does not repeat the type of an address; its form tells. */
function ipType({ ip, shared }: WireIp): IpType {
  if (shared === true) return 'shared_v4';
  if (/^fdaa:/i.test(ip)) return 'private_v6';
  return ip.includes('.') ? 'v4' : 'v6';
}

/** Names and digests of an app's secrets, sorted by name. Values never arrive here. */
export function toSecretsData(wire: readonly WireSecret[]): SecretsData {
  const items = wire.map(({ name, digest, updated_at }) => ({
    name,
    digest: digest ?? '',
    updatedAt: updated_at ?? null,
  }));
  return { items: items.sort((a, b) => compare(a.name, b.name)) };
}

/** One machine, destroyed ones included. Foreign environment values are withheld, see `keptValue`. */
export function toMachineData(wire: WireMachine): MachineData {
  const config = wire.config ?? null;
  return {
    id: wire.id,
    name: wire.name,
    state: wire.state,
    region: wire.region,
    instanceId: wire.instance_id ?? wire.version ?? '',
    imageRef:
      wire.image_ref === undefined || wire.image_ref === null
        ? null
        : {
            registry: wire.image_ref.registry ?? '',
            repository: wire.image_ref.repository ?? '',
            tag: wire.image_ref.tag ?? null,
            digest: wire.image_ref.digest ?? null,
          },
    // It came as JSON.
    config: config === null ? null : (withholdValues(config) as JsonObject),
    // A host that cannot be asked gives no config, yet what it last knew still says whose machine this is.
    metadata: { ...(config ?? wire.incomplete_config)?.metadata },
    createdAt: wire.created_at ?? null,
    updatedAt: wire.updated_at ?? null,
    hostStatus: wire.host_status ?? null,
    cordoned: wire.cordoned ?? false,
    checks: (wire.checks ?? []).map(({ name, status, output }) => ({ name, status, output: output ?? null })),
    events: (wire.events ?? []).map(toEventData).sort((a, b) => b.timestamp - a.timestamp),
  };
}

function toEventData(event: WireMachineEvent): MachineEventData {
  const exit = event.request?.exit_event ?? event.request?.MonitorEvent?.exit_event;
  return {
    type: event.type,
    status: event.status ?? '',
    source: event.source ?? '',
    timestamp: event.timestamp,
    exit:
      exit === undefined
        ? null
        : {
            code: exit.exit_code ?? exit.guest_exit_code ?? 0,
            signal: exit.signal ?? exit.guest_signal ?? -1,
            oomKilled: exit.oom_killed ?? false,
            requestedStop: exit.requested_stop ?? false,
          },
  };
}

/** Which machines of the app this environment manages. */
export interface MachineSelection {
  /** In the order of `desiredNames(spec).machines`; `null` = there is none yet. */
  ours: (MachineData | null)[];
  /** Every other machine of the app, destroyed ones left out. */
  foreign: MachineData[];
}

/**
 * Picks this environment's machine among those of its app: the one with our mark, else one that flyctl or the original Sindri
 * made for it (flyctl's `app` process group with a volume at the home path), which a deploy then takes over. Whether it
 * carries the mark is told by {@link isMarked}.
 */
export function selectMachines(
  machines: readonly MachineData[],
  spec: Pick<EnvironmentSpec<object>, 'name' | 'options' | 'origins'>,
): MachineSelection {
  const names = desiredNames(spec);
  const alive = machines.filter(({ state }) => state !== 'destroyed' && state !== 'replaced' && state !== 'migrated');
  const candidates = alive
    .filter((machine) => isMarked(machine, spec) || isAdoptable(machine))
    .sort((a, b) => rank(a) - rank(b) || compare(a.createdAt ?? '', b.createdAt ?? '') || compare(a.id, b.id));
  const ours = names.machines.map((name, index) => {
    const named = candidates.find(
      (machine) => machine.name === name && rank(machine) === rank(candidates[0] as MachineData),
    );
    return named ?? candidates[index] ?? null;
  });
  return { ours, foreign: alive.filter((machine) => !ours.includes(machine)) };

  /** Ours before adopted, living before dying. */
  function rank(machine: MachineData): number {
    return (isMarked(machine, spec) ? 0 : 2) + (machine.state === 'destroying' ? 1 : 0);
  }
}

/** Whether a machine carries this environment's mark: only such machines are ever deleted. */
export function isMarked(machine: MachineData, spec: Pick<EnvironmentSpec<object>, 'name'>): boolean {
  return machine.metadata[metadataKeys.environment] === spec.name;
}

function isAdoptable(machine: MachineData): boolean {
  if (machine.metadata[metadataKeys.environment] !== undefined) return false;
  if (machine.metadata[metadataKeys.platformVersion] !== 'v2') return false;
  if (machine.metadata[metadataKeys.processGroup] !== 'app') return false;
  const mounts = machine.config?.['mounts'];
  return (
    Array.isArray(mounts) && mounts.some((mount: unknown) => (mount as { path?: unknown } | null)?.path === homePath)
  );
}

/** States in which a volume is on its way out; flyctl hides them too. */
const goneVolumeStates = new Set([
  'scheduling_destroy',
  'fork_cleanup',
  'waiting_for_detach',
  'pending_destroy',
  'destroying',
  'destroyed',
]);

/** Whether a volume is still there for anybody, as opposed to soft-deleted. */
export function isLivingVolume(volume: WireVolume): boolean {
  return !goneVolumeStates.has(volume.state);
}

/** Which volume to look for. */
export interface VolumeRequest {
  /** Exact name. */
  name: string;
  region: string;
  /** Our machine, when there is one: the volume attached to it is the one, wherever it is. */
  machineId: string | null;
}

/**
 * Picks the volume of this environment by its exact name: the one attached to our machine, else a free one in the region, else
 * any in the region, else one elsewhere (which `planFly` then refuses to leave behind). `null` = there is none.
 */
export function toVolumeData(volumes: readonly WireVolume[], request: VolumeRequest): VolumeData | null {
  const named = volumes
    .filter((volume) => volume.name === request.name && isLivingVolume(volume))
    .sort((a, b) => rank(a) - rank(b) || compare(a.created_at ?? '', b.created_at ?? '') || compare(a.id, b.id));
  const [chosen, ...others] = named;
  if (chosen === undefined) return null;
  return {
    id: chosen.id,
    name: chosen.name,
    state: chosen.state,
    region: chosen.region,
    sizeGb: chosen.size_gb,
    attachedMachineId: chosen.attached_machine_id ?? null,
    snapshotRetention: chosen.snapshot_retention ?? null,
    createdAt: chosen.created_at ?? null,
    hostStatus: chosen.host_status ?? null,
    others: others.map(({ id, region, size_gb, attached_machine_id }) => ({
      id,
      region,
      sizeGb: size_gb,
      attachedMachineId: attached_machine_id ?? null,
    })),
  };

  function rank(volume: WireVolume): number {
    const attached = volume.attached_machine_id ?? null;
    if (request.machineId !== null && attached === request.machineId) return 0;
    return (volume.region === request.region ? 1 : 3) + (attached === null ? 0 : 1);
  }
}

/** The app's volumes of other names, for `FlyFacts.foreignVolumes`: deleting the app would take them along. */
export function toForeignVolumes(
  volumes: readonly WireVolume[],
  name: string,
): { id: string; name: string; region: string; sizeGb: number }[] {
  return volumes
    .filter((volume) => volume.name !== name && isLivingVolume(volume))
    .map((volume) => ({ id: volume.id, name: volume.name, region: volume.region, sizeGb: volume.size_gb }))
    .sort((a, b) => compare(a.id, b.id));
}

/** By code unit, so that the order does not depend on the computer. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
