import type { VolumeSummary } from '@sindri/core';
import type { OtherVolume } from '../../model.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';

/** The volumes of an environment, the one that it uses first; `null` while nothing can be said about them. Pure. */
export function volumeSummaries({ volume, machine, facts }: ObservedEnvironment): VolumeSummary[] | null {
  if (volume.status === 'unobserved') return null;
  const own = dataOf(volume);
  if (own === null) return [];
  const machines = [...(machine.status === 'present' ? [machine.data] : []), ...facts.siblings, ...facts.replaced];
  const nameOf = new Map([...machines, ...facts.foreignMachines].map(({ id, name }) => [id, name]));
  return [own, ...own.others].map((one) => ({
    id: one.id,
    name: own.name,
    sizeGb: one.sizeGb,
    used: one.use,
    region: one.region,
    usedBy: one.attachedMachineId === null ? null : (nameOf.get(one.attachedMachineId) ?? one.attachedMachineId),
    createdAt: one.createdAt,
    problem: problemOf(one),
  }));
}

function problemOf({ hostStatus }: OtherVolume): string | null {
  return hostStatus === null || hostStatus === 'ok' ? null : `its host is ${hostStatus}`;
}
