import type { CostSummary } from '../model/cost.js';

/** Prices that were looked up longer ago than this are told to be old. */
const OLD_AFTER_DAYS = 90;
const DAY_MS = 86_400_000;

/** What to say of a bill whose prices were looked up more than 90 days before `nowMs` (ms since the epoch); `null` = nothing. */
export function oldPricesText(cost: Pick<CostSummary, 'pricesAsOf'> | null, nowMs: number): string | null {
  const at = Date.parse(cost?.pricesAsOf ?? '');
  // No price that could change, or a day that is none.
  if (Number.isNaN(at) || nowMs - at <= OLD_AFTER_DAYS * DAY_MS) return null;
  return `The prices are of ${cost?.pricesAsOf}, more than ${OLD_AFTER_DAYS} days ago: what is billed may differ. A newer version has newer ones.`;
}
