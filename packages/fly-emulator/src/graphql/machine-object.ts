import type { AppRecord, MachineRecord, VolumeRecord } from '../records.js';
import { configView, wholeSeconds, time } from '../rest/views.js';
import { appObject } from './app-object.js';
import type { Caller } from './caller.js';
import type { GraphqlObject } from './graphql-object.js';

export function machineObject(caller: Caller, machine: MachineRecord): GraphqlObject {
  const { platform } = caller;
  return {
    id: machine.id,
    instanceId: machine.version,
    name: machine.name,
    state: machine.state,
    region: machine.region,
    config: () => configView(platform, machine.config),
    createdAt: wholeSeconds(machine.createdAt),
    updatedAt: wholeSeconds(machine.updatedAt),
    app: () => appObject(caller, platform.store.app(machine.app) as AppRecord),
    host: { id: machine.hostId },
    ips: { nodes: [{ family: 'v6', kind: 'privatenet', ip: machine.privateIp, maskSize: 112 }] },
    egressIpAddresses: { nodes: [] },
  };
}

export function volumeObject(caller: Caller, volume: VolumeRecord): GraphqlObject {
  const { store } = caller.platform;
  const attached = volume.attachedMachine === null ? undefined : store.machine(volume.attachedMachine);
  return {
    id: volume.id,
    name: volume.name,
    region: volume.region,
    sizeGb: volume.sizeGb,
    state: volume.state,
    encrypted: volume.encrypted,
    createdAt: time(volume.createdAt),
    app: () => appObject(caller, store.app(volume.app) as AppRecord),
    attachedMachine: () => (attached ? machineObject(caller, attached) : null),
  };
}
