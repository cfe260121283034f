import { numberParam } from '../faults/fault.js';
import type { Platform } from '../platform/platform.js';

/** What a list shows while the fault `stale-list` is on: nothing young, or nothing at all. */
export function hideYoung<T extends { createdAt: number }>(platform: Platform, app: string, items: T[]): T[] {
  const stale = platform.faults.active('stale-list', { app });
  if (!stale) return items;
  if (stale.empty === true) return [];
  const youngest = platform.clock.now() - numberParam(stale, 'ms', 2000);
  return items.filter((item) => item.createdAt <= youngest);
}
