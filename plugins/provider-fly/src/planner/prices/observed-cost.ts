import type { CostSummary } from '@sindri/core';
import { fromWireGuest } from '../hardware/guest.js';
import { namesakes } from '../observed/evidence.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';
import { awakeOfBoth } from './awake.js';
import { costOf, type Billable } from './cost.js';

type Billed = Pick<ObservedEnvironment, 'ips' | 'volume' | 'machine' | 'second'>;

/** What that which exists costs; `null` when there is nothing, or when a part of what is billed is unknown. */
export function observedCost(observed: Billed): CostSummary | null {
  const { ips, volume, machine, second } = observed;
  // Half of what is billed being unknown, a sum would be wrong rather than rough.
  if ([ips, volume, machine, second.volume, second.machine].some(({ status }) => status === 'unobserved')) return null;
  const billable = observedBillable(observed);
  return billable === null ? null : costOf(billable);
}

/**
 * Everything that exists and is billed; `null` when there is nothing, or a machine whose size is unknown. `untilMs` as for `awakeHours`.
 */
export function observedBillable({ ips, volume, machine, second }: Billed, untilMs?: number): Billable | null {
  const data = dataOf(machine);
  const secondData = dataOf(second.machine);
  const guest = fromWireGuest(data?.config?.['guest']);
  const secondGuest = fromWireGuest(secondData?.config?.['guest']);
  if ((data !== null && guest === null) || (secondData !== null && secondGuest === null)) return null;
  const [own, ...others] = [...namesakes(dataOf(volume)), ...namesakes(dataOf(second.volume))];
  if (data === null && secondData === null && own === undefined) return null;
  return {
    guest,
    region: data?.region ?? own?.region ?? secondData?.region ?? '',
    ...(secondData === null || secondGuest === null
      ? {}
      : { second: { guest: secondGuest, region: secondData.region } }),
    volumeGb: own?.sizeGb ?? 0,
    otherVolumesGb: others.map(({ sizeGb }) => sizeGb),
    dedicatedIpv4s: (dataOf(ips)?.items ?? []).filter(({ type }) => type === 'v4').length,
    awake: awakeOfBoth(data, secondData, untilMs),
  };
}
