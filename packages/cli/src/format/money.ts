import type { CostSummary, Plan } from '@sindri/core';
import type { Style } from '../style.js';

/** `$25.10` */
export function dollars(amount: number): string {
  return `${amount < 0 ? '-' : ''}$${Math.abs(amount).toFixed(2)}`;
}

/** `+$2.00/month`; empty for no difference and for one that nobody knows. */
export function monthlyDelta(amount: number | null): string {
  if (amount === null || Math.abs(amount) < 0.005) return '';
  return `${amount > 0 ? '+' : ''}${dollars(amount)}/month`;
}

/** What the environment costs in a month, with what the sum is made of. */
export function formatCost(cost: CostSummary, style: Style): string {
  const idle = cost.monthlyIdle === null ? '' : `, ${style.bold(dollars(cost.monthlyIdle))} when idle`;
  const width = Math.max(0, ...cost.items.map(({ title }) => title.length));
  return [
    `Cost: ${style.bold(dollars(cost.monthlyRunning))} a month running all the time${idle} ` +
      style.dim(`(prices of ${cost.pricesAsOf})`),
    ...cost.items.map(({ title, monthly }) => `  ${title.padEnd(width)}  ${dollars(monthly).padStart(8)}`),
  ].join('\n');
}

/** The change of the monthly bill by a whole plan; `null` as soon as one part is unknown. */
export function totalDelta(plan: Plan): number | null {
  return plan.changes.reduce<number | null>(
    (sum, { monthlyCostDelta }) => (sum === null || monthlyCostDelta === null ? null : sum + monthlyCostDelta),
    0,
  );
}
