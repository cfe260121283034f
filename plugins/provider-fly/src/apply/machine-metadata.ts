import { whenUnleased } from '../machine/held-lease.js';
import { applied, type Apply } from './room.js';

/** Writes metadata only: the machine keeps running, and no new version comes of it. */
export const applyMachineMetadata: Apply<'machine.metadata'> = async (room, { machineId, name, metadata }) => {
  const { api, names, scene } = room;
  await whenUnleased(scene, { id: machineId, name }, () => api.machines.patchMetadata(names.app, machineId, metadata));
  return applied('machine.metadata', { id: machineId, name });
};
