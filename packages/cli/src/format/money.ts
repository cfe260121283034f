import type { CostSummary, Plan } from '@sindri/core';
import type { Style } from '../style.js';

/** `$25.10`, `25.10 EUR` */
export function money(amount: number, currency = 'USD'): string {
  const text = Math.abs(amount).toFixed(2);
  return `${amount < 0 ? '-' : ''}${currency === 'USD' ? `$${text}` : `${text} ${currency}`}`;
}

/** `+$2.00/month`; empty for no difference and for one that nobody knows. */
export function monthlyDelta(amount: number | null, currency = 'USD'): string {
  if (amount === null || isNothing(amount)) return '';
  return `${amount > 0 ? '+' : ''}${money(amount, currency)}/month`;
}

/** The currency of a plan's differences. */
export function currencyOf({ currency, cost }: Pick<Plan, 'currency' | 'cost'>): string {
  return currency ?? cost?.currency ?? 'USD';
}

/** What the environment costs in a month, with what the sum is made of. Empty for what costs nothing. */
export function formatCost(cost: CostSummary, style: Style): string {
  const { currency, monthlyRunning, monthlyIdle, items, pricesAsOf } = cost;
  if ([monthlyRunning, monthlyIdle ?? 0, ...items.map(({ monthly }) => monthly)].every(isNothing)) return '';
  const shown = (amount: number): string => money(amount, currency);
  const idle = monthlyIdle === null ? '' : `, ${style.bold(shown(monthlyIdle))} when idle`;
  const asOf = pricesAsOf === null ? '' : ` ${style.dim(`(prices of ${pricesAsOf})`)}`;
  const width = Math.max(0, ...items.map(({ title }) => title.length));
  return [
    `Cost: ${style.bold(shown(monthlyRunning))} a month running all the time${idle}${asOf}`,
    ...items.map(({ title, monthly }) => `  ${title.padEnd(width)}  ${shown(monthly).padStart(8)}`),
  ].join('\n');
}

/** Less than what a bill can show. */
function isNothing(amount: number): boolean {
  return Math.abs(amount) < 0.005;
}

/** The change of the monthly bill by a whole plan; `null` as soon as one part is unknown. */
export function totalDelta(plan: Plan): number | null {
  return plan.changes.reduce<number | null>(
    (sum, { monthlyCostDelta }) => (sum === null || monthlyCostDelta === null ? null : sum + monthlyCostDelta),
    0,
  );
}
