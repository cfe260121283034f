import type { JsonObject, VolumeSummary } from '@sindri/core';
import type { OtherVolume } from '../../model.js';
import { namesakes } from '../observed/evidence.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';
import { hasLostHost } from '../observed/machine-life.js';

/** The volumes of an environment, the one that it uses first; `null` while nothing can be said about them. Pure. */
export function volumeSummaries({ volume, machine, second, facts }: ObservedEnvironment): VolumeSummary[] | null {
  if (volume.status === 'unobserved' || second.volume.status === 'unobserved') return null;
  const present = [machine, second.machine].flatMap((one) => dataOf(one) ?? []);
  const machines = [...present, ...facts.siblings, ...facts.replaced];
  const nameOf = new Map([...machines, ...facts.foreignMachines].map(({ id, name }) => [id, name]));
  // A deploy has read the volume before there was a machine to use it.
  const userOf = ({ id, attachedMachineId }: OtherVolume): string | null =>
    attachedMachineId ?? present.find(({ config }) => mounts(config, id))?.id ?? null;
  return [...namesakes(dataOf(volume)), ...namesakes(dataOf(second.volume))].map((one) => ({
    id: one.id,
    name: one.name,
    sizeGb: one.sizeGb,
    used: one.use,
    region: one.region,
    usedBy: named(userOf(one), nameOf),
    createdAt: one.createdAt,
    problem: problemOf(one),
  }));
}

function mounts(config: JsonObject | null | undefined, volume: string): boolean {
  const listed = config?.['mounts'];
  return Array.isArray(listed) && listed.some((mount) => (mount as JsonObject | null)?.['volume'] === volume);
}

function named(id: string | null, names: ReadonlyMap<string, string>): string | null {
  return id === null ? null : (names.get(id) ?? id);
}

function problemOf(volume: OtherVolume): string | null {
  return hasLostHost(volume) ? `its host is ${volume.hostStatus}` : null;
}
