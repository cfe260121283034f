import { notFound, unprocessable } from '../api-error.js';
import type { AppRecord, IpRecord, IpType } from '../records.js';
import { networkPrefix } from './network.js';
import type { Platform } from './platform.js';

/** Last byte of the one address that all shared IPv4 assignments of an emulator show. */
const SHARED_BYTE = 250;

export interface IpRequest {
  type: IpType;
  region?: string;
  serviceName?: string;
}

/**
 * Gives an app an address. Public ones are loopback addresses of this emulator: `127.A.B.n`, and for IPv6 the
 * IPv4-mapped form in hexadecimal, which binds without any set-up and shows no dot.
 */
export function allocateIp(platform: Platform, app: AppRecord, request: IpRequest): IpRecord {
  const { store, clock } = platform;
  // One shared address per app; asking again gives the same (unsure).
  const shared = app.ips.find((ip) => ip.type === 'shared_v4');
  if (request.type === 'shared_v4' && shared) return shared;
  const record: IpRecord = {
    ip: newAddress(platform, app, request.type),
    type: request.type,
    region: request.region || 'global',
    serviceName: request.serviceName ?? '',
    createdAt: clock.now(),
  };
  app.ips.push(record);
  store.changed({ app });
  return record;
}

/** Takes an address away from an app. Throws 404 when the app does not have it. */
export function releaseIp({ store }: Platform, app: AppRecord, ip: string): void {
  const index = app.ips.findIndex((candidate) => candidate.ip === ip);
  if (index < 0) throw notFound(`Could not find IP address "${ip}"`);
  app.ips.splice(index, 1);
  store.changed({ app });
}

function newAddress(platform: Platform, app: AppRecord, type: IpType): string {
  const { store, ids } = platform;
  const [second, third] = store.state.addressPrefix;
  switch (type) {
    case 'shared_v4':
      return `127.${second}.${third}.${SHARED_BYTE}`;
    case 'v4':
      return freeAddress(platform).v4;
    case 'v6':
      return freeAddress(platform).v6;
    case 'private_v6':
      return `${networkPrefix(store, app)}:0:1::${(1 + Math.floor(platform.random() * 0xfffe)).toString(16)}`;
    // Egress addresses are only shown: nothing leaves through them. From the blocks reserved for documentation.
    case 'egress_v4':
      return `203.0.113.${1 + Math.floor(platform.random() * 254)}`;
    case 'egress_v6':
      return `2001:db8::${ids.hex(4)}`;
  }
}

/** The first of this emulator's addresses that no app has, in neither form. */
function freeAddress({ store }: Platform): { v4: string; v6: string } {
  const [second, third] = store.state.addressPrefix;
  for (let byte = 1; byte < SHARED_BYTE; byte++) {
    const v4 = `127.${second}.${third}.${byte}`;
    const v6 = `::ffff:${(0x7f00 + second).toString(16)}:${(third * 256 + byte).toString(16)}`;
    if (!store.isUsedIp(v4) && !store.isUsedIp(v6)) return { v4, v6 };
  }
  throw unprocessable('the emulator has no address left');
}
