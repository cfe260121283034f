import type { CostSummary } from '../model/cost.js';

/** Prices that were looked up longer ago than this are told to be old. */
const OLD_AFTER_DAYS = 90;
const DAY_MS = 86_400_000;

/** What to say of a bill whose prices were looked up more than 90 days before `nowMs` (ms since the epoch); `null` = nothing. */
export function oldPricesText(cost: Pick<CostSummary, 'pricesAsOf'> | null, nowMs: number): string | null {
  const at = Date.parse(cost?.pricesAsOf ?? '');
  const days = Math.floor((nowMs - at) / DAY_MS);
  // No price that could change, or a day that is none.
  if (Number.isNaN(at) || days <= OLD_AFTER_DAYS) return null;
  return `The prices are of ${cost?.pricesAsOf}, ${days} days ago: what is billed may differ. A newer version of the provider has newer ones.`;
}
