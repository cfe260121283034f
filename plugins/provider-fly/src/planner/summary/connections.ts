import type { ConnectionState } from '@sindri/core';
import type { IpsData } from '../../model.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';

/** Which connection methods can work with these addresses. */
export type Availability = (ips: IpsData['items']) => ConnectionState[];

/** Which connection methods can work now; `null` when nothing is known about it. A machine that sleeps is woken by any. */
export function connectionStates(
  { ips, machine }: Pick<ObservedEnvironment, 'ips' | 'machine'>,
  availability: Availability,
): ConnectionState[] | null {
  if (machine.status === 'absent') {
    const unavailable = 'There is no machine: run `sindri deploy` first.';
    return availability([]).map(({ method }) => ({ method, unavailable }));
  }
  if (machine.status === 'unobserved' || ips.status === 'unobserved') return null;
  return availability(dataOf(ips)?.items ?? []);
}
