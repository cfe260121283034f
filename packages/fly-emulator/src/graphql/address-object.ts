import { createHash } from 'node:crypto';
import type { AppRecord, IpRecord } from '../records.js';
import { time } from '../rest/views.js';

/** Names an address of an app. */
export const ipId = (app: AppRecord, { ip }: IpRecord): string =>
  `ip_${createHash('sha256').update(`${app.id} ${ip}`).digest('hex').slice(0, 16)}`;

/** `null` for what is not in this list: the shared address has a member of its own, and egress addresses a list. */
export function ipObject(app: AppRecord, ip: IpRecord) {
  if (ip.type === 'shared_v4' || ip.type.startsWith('egress')) return null;
  return {
    id: ipId(app, ip),
    address: ip.ip,
    type: ip.type,
    region: ip.region,
    createdAt: time(ip.createdAt),
    // Only of a private address for another network, which is not given here.
    network: null,
    serviceName: ip.serviceName,
  };
}

/** `null` for an address that is not for the way out. */
export function egressObject(app: AppRecord, ip: IpRecord) {
  if (!ip.type.startsWith('egress')) return null;
  const version = ip.type === 'egress_v4' ? 4 : 6;
  return { id: ipId(app, ip), ip: ip.ip, version, region: ip.region, updatedAt: time(ip.createdAt) };
}
