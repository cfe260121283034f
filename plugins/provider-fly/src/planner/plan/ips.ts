import type { PlanNote } from '@sindri/core';
import type { IpsData, IpType } from '../../model.js';
import type { FlyDesired } from '../desired/desired.js';
import { dedicatedIpv4Price } from '../prices/price-book.js';
import { dedicatedIpv4Text, monthlyText } from '../prices/price-text.js';
import { change, created, ids, type FlyChange } from './change.js';

export interface IpsRequest {
  desired: FlyDesired;
  /** The app's addresses; none when the app is about to be made. */
  present: IpsData;
  after: readonly (string | undefined)[];
}

export interface IpsPlan {
  changes: FlyChange[];
  notes: PlanNote[];
  /** How many dedicated IPv4 addresses the app has afterwards. */
  dedicatedIpv4s: number;
}

const titles: Readonly<Record<Exclude<IpType, 'private_v6'>, string>> = {
  v4: `dedicated IPv4 (${dedicatedIpv4Text})`,
  v6: 'dedicated IPv6 (free)',
  shared_v4: 'shared IPv4 (free; does not carry SSH)',
};

/**
 * Adds the addresses that are missing. One that is there is released only on a clear word: an address once given up does not
 * come back, and somebody may have written it down.
 */
export function planIps({ desired, present, after }: IpsRequest): IpsPlan {
  const gaveUpIpv4 = !desired.names.dedicatedIpv4 && desired.origins.dedicatedIpv4 === 'config';
  const app = desired.names.app;
  const resource = { type: 'ips', name: app };
  const of = (type: IpType): string[] => present.items.filter((item) => item.type === type).map(({ ip }) => ip);
  const notes: PlanNote[] = [];

  const creates = desired.ips
    .filter((type) => of(type).length === 0 && !(type === 'shared_v4' && of('v4').length > 0 && !gaveUpIpv4))
    .map((type) =>
      change({
        id: `ips:${type}:create`,
        action: 'create',
        resource,
        title: `allocate ${titles[type]}`,
        payload: { kind: 'ip.create', type },
        differences: created({ type }),
        impact: ['in-place'],
        monthlyCostDelta: type === 'v4' ? dedicatedIpv4Price : 0,
        after,
      }),
    );

  // With both, <app>.fly.dev would also resolve to the shared address, where SSH leads nowhere.
  const released = desired.ips.includes('v4') ? of('shared_v4') : gaveUpIpv4 ? of('v4') : [];
  const deletes = released.map((ip) =>
    change({
      id: `ips:${ip}:delete`,
      action: 'delete',
      resource,
      title: desired.ips.includes('v4') ? `release shared IPv4 ${ip}` : `release dedicated IPv4 ${ip}`,
      payload: { kind: 'ip.delete', ip },
      differences: [{ field: 'ip', from: ip, to: null }],
      impact: ['in-place'],
      monthlyCostDelta: desired.ips.includes('v4') ? 0 : -dedicatedIpv4Price,
      // Never without an address in between.
      after: ids(creates),
    }),
  );

  const v4 = of('v4');
  if (v4.length > 0 && !desired.ips.includes('v4') && !gaveUpIpv4) {
    notes.push({
      level: 'info',
      code: 'FLY_IPV4_KEPT',
      message:
        `The app has the dedicated IPv4 ${v4.join(', ')} (${monthlyText(v4.length * dedicatedIpv4Price)}), which the config ` +
        'does not ask for. It stays; `dedicatedIpv4: false` releases it, `true` makes it part of the environment.',
    });
  } else if (v4.length > 1) {
    notes.push({
      level: 'warning',
      code: 'FLY_IPV4_SEVERAL',
      message:
        `The app has ${v4.length} dedicated IPv4 addresses (${v4.join(', ')}) and pays ${dedicatedIpv4Text} for each; ` +
        'one is enough. `dedicatedIpv4: false` and a deploy release all of them; `true` then gets a new one.',
    });
  }
  const dedicatedIpv4s = Math.max(v4.length, desired.ips.includes('v4') ? 1 : 0);
  return {
    changes: [...creates, ...deletes],
    notes,
    dedicatedIpv4s: gaveUpIpv4 && !desired.ips.includes('v4') ? 0 : dedicatedIpv4s,
  };
}
