import type { MachineRecord, VolumeRecord } from '../records.js';
import { configView, wholeSeconds, time } from '../rest/views.js';
import type { Caller } from './caller.js';
import type { GraphqlObject } from './graphql-object.js';

/** @param app what its app shows */
export function machineObject({ platform }: Caller, machine: MachineRecord, app: () => GraphqlObject): GraphqlObject {
  return {
    id: machine.id,
    instanceId: machine.version,
    name: machine.name,
    state: machine.state,
    region: machine.region,
    config: () => configView(platform, machine.config),
    createdAt: wholeSeconds(machine.createdAt),
    updatedAt: wholeSeconds(machine.updatedAt),
    app,
    host: { id: machine.hostId },
    ips: { nodes: [{ family: 'v6', kind: 'privatenet', ip: machine.privateIp, maskSize: 112 }] },
    egressIpAddresses: { nodes: [] },
  };
}

/** @param app what its app shows, and that of the machine which has it */
export function volumeObject(caller: Caller, volume: VolumeRecord, app: () => GraphqlObject): GraphqlObject {
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
    app,
    attachedMachine: () => (attached ? machineObject(caller, attached, app) : null),
  };
}
