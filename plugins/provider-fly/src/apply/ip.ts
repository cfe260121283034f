import type { WireIp } from '../api/types.js';
import { publishesPorts, sshDestination } from '../connection/ssh-destination.js';
import type { Readiness } from '../machine/await-usable.js';
import { resourceIds } from '../model.js';
import { toIpsData, wantsSecond } from '../planner/index.js';
import { addressesAfterRun } from './addresses.js';
import { createOnce } from './create-once.js';
import { applied, madeApp, skipped } from './results.js';
import { toldLater } from './seen.js';
import { observed, type Apply, type ApplyWork } from './work.js';

/** Allocates an address of one type, unless the app has one: nothing about an address says who asked for it. */
export const applyIpCreate: Apply<'ip.create'> = async (work, { type }) => {
  const { api, names } = work;
  const find = async (): Promise<WireIp | null> => {
    const ips = await api.ips.list(names.app);
    return ips.find((ip) => toIpsData([ip]).items[0]?.type === type) ?? null;
  };

  const existing = madeApp(work) ? null : await find();
  if (existing !== null) return skipped('ip.create', `the app has ${existing.ip} already`, { type, ip: existing.ip });
  const { value, found } = await createOnce(work, {
    what: `allocate a ${type} address`,
    create: () => api.ips.create(names.app, type),
    find,
    unique: false,
  });
  const left = { type, ip: value.ip };
  // Found after a lost answer: as good as certainly this run's own, yet not certain enough to ever delete it again.
  return found
    ? skipped('ip.create', `found ${value.ip} after a lost answer`, left)
    : { ...applied('ip.create', left), seen: toldLater };
};

/** Gives an address back; one that costs nothing goes with its app, where that goes too. */
export const applyIpDelete: Apply<'ip.delete'> = async ({ api, names }, { ip, withApp }) => {
  if (withApp === true) return { ...skipped('ip.delete', 'released with the app', { ip }), seen: toldLater };
  const existed = await api.ips.delete(names.app, ip);
  return existed ? applied('ip.delete', { ip }) : skipped('ip.delete', 'it is gone already', { ip });
};

/** What shows after this run that a machine with this config is ready; `null` when it offers no SSH. */
export function destinationAfterRun(
  work: ApplyWork,
  config: Readonly<Record<string, unknown>> | null | undefined,
): Readiness {
  if (!publishesPorts(config)) return null;
  if (hasTwo(work)) return 'checks';
  return sshDestination(config, addressesAfterRun(work)?.items ?? [], work.names);
}

/** The same as it is now: what this run knows may no longer be true after another one was at work. */
export async function liveDestination(
  work: ApplyWork,
  config: Readonly<Record<string, unknown>> | null | undefined,
): Promise<Readiness> {
  const { api, names } = work;
  if (!publishesPorts(config)) return null;
  if (hasTwo(work)) return 'checks';
  return sshDestination(config, toIpsData(await api.ips.list(names.app)).items, names);
}

/** Whether another machine may answer on the same addresses. */
function hasTwo({ context, names }: ApplyWork): boolean {
  const isThere = observed({ context }, 'machine', resourceIds.machine(names.second.machine)) !== null;
  return isThere || wantsSecond(context.spec);
}
