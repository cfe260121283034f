import { resourceIds, type IpsData } from '../model.js';
import { madeApp, resultsOf } from './results.js';
import { observed, type ApplyWork } from './work.js';

/** The addresses of the app as this run has seen and left them; `null` when it has not seen those of before. */
export function addressesAfterRun(work: ApplyWork): IpsData | null {
  const before = observed(work, 'ips', resourceIds.ips);
  if (before === null && !madeApp(work)) return null;
  const made = resultsOf(work, 'ip.create').map(({ ip, type }) => ({ ip, type, region: 'global' }));
  const released = resultsOf(work, 'ip.delete').map(({ ip }) => ip);
  const all = [...(before?.items ?? []), ...made].filter(({ ip }) => !released.includes(ip));
  const items = [...new Map(all.map((item) => [item.ip, item])).values()];
  return { items: items.sort((a, b) => (a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0)) };
}
