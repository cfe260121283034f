import type { SshAddress } from '@sindri/ssh';
import type { IpsData } from '../model.js';

/**
 * The addresses of an app that carry raw TCP, the widely reachable one first. A shared IPv4 does not: Fly tells apps apart
 * there by TLS or HTTP names, which SSH has not.
 */
export function sshAddresses(ips: IpsData['items'], port: number): SshAddress[] {
  const of = (type: 'v4' | 'v6', note: string): SshAddress[] =>
    ips.filter((ip) => ip.type === type).map(({ ip }) => ({ host: ip, port, note }));
  return [...of('v4', 'dedicated IPv4'), ...of('v6', 'dedicated IPv6')];
}

/** Whether a machine config has a service at the edge at all. */
export function hasServices(config: Record<string, unknown> | null | undefined): boolean {
  return Array.isArray(config?.['services']) && config['services'].length > 0;
}
