import type { ConnectionState } from '@sindri/core';
import type { IpsData } from '../../model.js';
import type { DesiredNames } from '../desired/names.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';
import { publishedTlsPort } from '../observed/published-port.js';

/** What is known of the ways to a machine: the addresses of its app, and the port for SSH inside TLS, `null` = there is none. */
export interface SeenWays {
  ips: IpsData['items'];
  tlsPort: number | null;
}

/** Which connection methods can work with this. */
export type Availability = (seen: SeenWays) => ConnectionState[];

/** Which connection methods can work now; `null` when nothing is known about it. A machine that sleeps is woken by any. */
export function connectionStates(
  { ips, machine }: Pick<ObservedEnvironment, 'ips' | 'machine'>,
  { internalPort }: Pick<DesiredNames, 'internalPort'>,
  availability: Availability,
): ConnectionState[] | null {
  if (machine.status === 'absent') {
    const unavailable = 'There is no machine: run `sindri deploy` first.';
    return availability({ ips: [], tlsPort: null }).map(({ method }) => ({ method, unavailable }));
  }
  if (machine.status === 'unobserved' || ips.status === 'unobserved') return null;
  const tlsPort = publishedTlsPort(dataOf(machine)?.config, internalPort);
  return availability({ ips: dataOf(ips)?.items ?? [], tlsPort });
}
