import type { EnvironmentAddress } from '@sindri/core';
import type { MachineData } from '../../model.js';
import type { DesiredNames } from '../desired/names.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';
import { publishedPort, publishedTlsPort } from '../observed/published-port.js';
import { dedicatedIpv4Text } from '../prices/price-text.js';

/** Every address of an environment, with what it is good for. */
export function addresses(
  observed: ObservedEnvironment,
  names: DesiredNames,
  machine: MachineData | null,
): EnvironmentAddress[] {
  const items = dataOf(observed.ips)?.items ?? [];
  const has = (type: string): boolean => items.some((item) => item.type === type);
  const port = publishedPort(machine?.config, names.internalPort) ?? names.sshPort;
  const shared = observed.machine.status === 'unobserved' ? '' : `; ${sharedNote(machine, names)}`;
  const result: EnvironmentAddress[] = [];
  if (has('v6') || has('v4')) {
    result.push({
      type: 'ssh',
      value: `${names.app}.fly.dev`,
      port,
      note: has('v4') ? 'over IPv6 and IPv4' : 'over IPv6; IPv4 needs a dedicated address',
    });
  }
  for (const { ip, type } of items) {
    if (type === 'v6') result.push({ type: 'ssh', value: ip, port, note: 'dedicated IPv6, free' });
    if (type === 'v4') result.push({ type: 'ssh', value: ip, port, note: `dedicated IPv4, ${dedicatedIpv4Text}` });
    if (type === 'shared_v4') result.push({ type: 'external', value: ip, note: `shared IPv4, free${shared}` });
    if (type === 'private_v6') result.push({ type: 'internal', value: ip, note: 'private, within the organization' });
  }
  if (machine !== null) {
    result.push({
      type: 'internal',
      value: `${machine.id}.vm.${names.app}.internal`,
      port: names.internalPort,
      note: 'within the organization',
    });
  }
  return result;
}

function sharedNote(machine: MachineData | null, { internalPort }: DesiredNames): string {
  const tlsPort = publishedTlsPort(machine?.config, internalPort);
  return tlsPort === null ? 'HTTP and TLS only, no SSH' : `SSH inside TLS at port ${tlsPort}`;
}
