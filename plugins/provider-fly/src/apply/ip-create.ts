import type { WireIp } from '../api/types.js';
import { toIpsData } from '../mapping/index.js';
import { createOnce } from './create-once.js';
import { applied, madeApp, skipped, type Apply } from './room.js';

/** Allocates an address of one type, unless the app has one: nothing about an address says who asked for it. */
export const applyIpCreate: Apply<'ip.create'> = async (room, { type }) => {
  const { api, names } = room;
  const find = async (): Promise<WireIp | null> => {
    const ips = await api.ips.list(names.app);
    return ips.find((ip) => toIpsData([ip]).items[0]?.type === type) ?? null;
  };

  const existing = madeApp(room) ? null : await find();
  if (existing !== null) return skipped('ip.create', `the app has ${existing.ip} already`, { type, ip: existing.ip });
  const { value, found } = await createOnce(room, {
    what: `allocate a ${type} address`,
    create: () => api.ips.create(names.app, type),
    find,
    unique: false,
  });
  const result = { type, ip: value.ip };
  // Found after a lost answer: as good as certainly this run's own, yet not certain enough to ever delete it again.
  return found ? skipped('ip.create', `found ${value.ip} after a lost answer`, result) : applied('ip.create', result);
};
