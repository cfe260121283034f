import type { CostSummary } from '@sindri/core';
import { fromWireGuest } from '../hardware/guest.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';
import { awakeHours } from './awake.js';
import { costOf } from './cost.js';

/** What that which exists costs; `null` when there is nothing, or when a part of what is billed is unknown. */
export function observedCost({
  ips,
  volume,
  machine,
}: Pick<ObservedEnvironment, 'ips' | 'volume' | 'machine'>): CostSummary | null {
  const machineData = dataOf(machine);
  const volumeData = dataOf(volume);
  const guest = fromWireGuest(machineData?.config?.['guest']);
  // Half of what is billed being unknown, a sum would be wrong rather than rough.
  if ([ips, volume, machine].some(({ status }) => status === 'unobserved')) return null;
  if (machineData !== null && guest === null) return null;
  if (machineData === null && volumeData === null) return null;
  return costOf({
    guest,
    region: machineData?.region ?? volumeData?.region ?? '',
    volumeGb: volumeData?.sizeGb ?? 0,
    dedicatedIpv4s: (dataOf(ips)?.items ?? []).filter(({ type }) => type === 'v4').length,
    awake: machineData === null ? undefined : awakeHours(machineData),
  });
}
