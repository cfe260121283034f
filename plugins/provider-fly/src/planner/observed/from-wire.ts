import type { JsonObject } from '@sindri/core';
import type { WireApp, WireIp, WireMachine, WireMachineEvent, WireSecret } from '../../api/types.js';
import {
  type AppData,
  type IpType,
  type IpsData,
  type MachineData,
  type MachineEventData,
  type SecretsData,
} from '../../model.js';
import { heldAwakeBy } from './hold-lease.js';
import { withholdValues } from '../config/kept-values.js';
import { byCodeUnit } from './order.js';
import { wireTime } from './wire-time.js';

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
  return { items: items.sort((a, b) => byCodeUnit(a.ip, b.ip)) };
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
    updatedAt: wireTime(updated_at),
  }));
  return { items: items.sort((a, b) => byCodeUnit(a.name, b.name)) };
}

/** One machine, destroyed ones included. Foreign environment values are withheld, see `keptValue`. */
export function toMachineData(wire: WireMachine): MachineData {
  const config = wire.config ?? null;
  const heldAwake = heldAwakeBy(wire.lease);
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
            // What was named by its digest has an empty one.
            tag: wire.image_ref.tag || null,
            digest: wire.image_ref.digest ?? null,
          },
    // It came as JSON.
    config: config === null ? null : (withholdValues(config) as JsonObject),
    // A host that cannot be asked gives no config, yet what it last knew still says whose machine this is.
    metadata: { ...(config ?? wire.incomplete_config)?.metadata },
    createdAt: wireTime(wire.created_at),
    updatedAt: wireTime(wire.updated_at),
    hostStatus: wire.host_status ?? null,
    cordoned: wire.cordoned ?? false,
    checks: (wire.checks ?? []).map(({ name, status, output }) => ({ name, status, output: output ?? null })),
    events: (wire.events ?? []).map(toEventData).sort((a, b) => b.timestamp - a.timestamp),
    ...(heldAwake === null ? {} : { heldAwake }),
  };
}

/** One event of a machine, with how a run ended. */
export function toEventData(event: WireMachineEvent): MachineEventData {
  const exit = event.request?.exit_event ?? event.request?.MonitorEvent?.exit_event ?? null;
  return {
    type: event.type,
    status: event.status ?? '',
    source: event.source ?? '',
    timestamp: event.timestamp,
    exit:
      exit === null
        ? null
        : {
            code: exit.exit_code ?? exit.guest_exit_code ?? 0,
            signal: exit.signal ?? exit.guest_signal ?? -1,
            oomKilled: exit.oom_killed ?? false,
            requestedStop: exit.requested_stop ?? false,
          },
  };
}
