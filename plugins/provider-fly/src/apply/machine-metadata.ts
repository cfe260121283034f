import { whenUnleased } from '../machine/held-lease.js';
import { applied } from './results.js';
import type { Apply } from './work.js';

/** Writes metadata only: the machine keeps running, and no new version comes of it. */
export const applyMachineMetadata: Apply<'machine.metadata'> = async (work, { machineId, name, metadata }) => {
  const { api, names, machineWork } = work;
  await whenUnleased(machineWork, { id: machineId, name }, () =>
    api.machines.patchMetadata(names.app, machineId, metadata),
  );
  return applied('machine.metadata', { id: machineId, name });
};
