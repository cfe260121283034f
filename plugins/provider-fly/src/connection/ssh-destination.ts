import { developerUser } from '@sindri/image-contract';
import type { SshAddress } from '@sindri/ssh';
import { publishedPort, publishedTlsPort, type DesiredNames } from '../planner/index.js';
import type { IpsData } from '../model.js';

/** Where the SSH server of a machine is, and who logs in there. How to get there is a matter of the connection methods. */
export interface SshDestination {
  user: string;
  /** The port at Fly's edge. */
  port: number;
  /** The port at the edge for SSH inside TLS; `null` when the machine has none. */
  tlsPort: number | null;
  /** The port inside the machine. */
  internalPort: number;
  /** Every address of the app, also those that do not carry SSH. */
  ips: IpsData['items'];
}

/**
 * The answer to "where is SSH?", and the only place that knows it. `config` is that of the machine: a live one may still
 * publish another port than sindri.yaml wants. Pure.
 */
export function sshDestination(
  config: Readonly<Record<string, unknown>> | null | undefined,
  ips: IpsData['items'],
  names: Pick<DesiredNames, 'sshPort' | 'internalPort'>,
): SshDestination {
  const port = publishedPort(config, names.internalPort) ?? names.sshPort;
  const tlsPort = publishedTlsPort(config, names.internalPort);
  return { user: developerUser, port, tlsPort, internalPort: names.internalPort, ips };
}

/** Whether a machine with this config publishes any port at all. */
export function publishesPorts(config: Readonly<Record<string, unknown>> | null | undefined): boolean {
  const services = config?.['services'];
  return Array.isArray(services) && services.length > 0;
}

/**
 * The addresses that carry SSH, the widely reachable one first. A shared IPv4 does not: Fly tells apps apart there by TLS or
 * HTTP names, which SSH has not.
 */
export function sshAddresses({ ips, port }: Pick<SshDestination, 'ips' | 'port'>, only?: 'v4' | 'v6'): SshAddress[] {
  const of = (type: 'v4' | 'v6', note: string): SshAddress[] =>
    only !== undefined && only !== type
      ? []
      : ips.filter((item) => item.type === type).map(({ ip }) => ({ host: ip, port, note }));
  return [...of('v4', 'dedicated IPv4'), ...of('v6', 'dedicated IPv6')];
}

/** The addresses that carry SSH inside TLS: every public one. */
export function tlsAddresses({ ips, tlsPort }: Pick<SshDestination, 'ips' | 'tlsPort'>): SshAddress[] {
  if (tlsPort === null) return [];
  return PUBLIC.flatMap(({ type, note }) =>
    ips.filter((item) => item.type === type).map(({ ip }) => ({ host: ip, port: tlsPort, note })),
  );
}

/** The widely reachable ones first. */
const PUBLIC = [
  { type: 'v4', note: 'dedicated IPv4, inside TLS' },
  { type: 'shared_v4', note: 'shared IPv4, inside TLS' },
  { type: 'v6', note: 'dedicated IPv6, inside TLS' },
] as const;

/** Whether there is any public address. */
export function hasAddress({ ips }: Pick<SshDestination, 'ips'>): boolean {
  return ips.some(({ type }) => type !== 'private_v6');
}

/** Whether there is an IPv4 address that carries SSH. */
export function hasIpv4({ ips }: Pick<SshDestination, 'ips'>): boolean {
  return ips.some(({ type }) => type === 'v4');
}
