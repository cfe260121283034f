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

/**
 * What the environment costs in a month, with what each sum is made of: `  $30.28   $0.00  machine …`, running and idle. Empty for
 * what costs nothing.
 */
export function formatCost(cost: CostSummary, style: Style): string {
  const { currency, monthlyRunning, monthlyIdle, items, pricesAsOf } = cost;
  const parts = items.map(({ title, monthly, monthlyIdle: idle = monthly }) => ({ title, monthly, idle }));
  const amounts = parts.flatMap(({ monthly, idle }) => [monthly, idle]);
  if ([monthlyRunning, monthlyIdle ?? 0, ...amounts].every(isNothing)) return '';
  const shown = (amount: number): string => money(amount, currency);
  const idleText = monthlyIdle === null ? '' : `, ${style.bold(shown(monthlyIdle))} when idle`;
  const asOf = pricesAsOf === null ? '' : ` ${style.dim(`(prices of ${pricesAsOf})`)}`;
  // One column is enough where both are the same throughout.
  const two = monthlyIdle !== null && parts.some(({ monthly, idle }) => !isNothing(monthly - idle));
  const rows = parts.map(({ title, monthly, idle }) => ({
    title,
    cells: two ? [shown(monthly), shown(idle)] : [shown(monthly)],
  }));
  const titles = two ? ['running', 'idle'] : [];
  const widths = [0, 1].map((at) =>
    Math.max(titles[at]?.length ?? 0, ...rows.map(({ cells }) => cells[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[], title: string) =>
    `  ${[...cells.map((cell, at) => cell.padStart(widths[at] ?? 0)), title].join('  ')}`.trimEnd();
  return [
    `Cost: ${style.bold(shown(monthlyRunning))} a month running all the time${idleText}${asOf}`,
    ...(two ? [line(titles, '')] : []),
    ...rows.map(({ cells, title }) => line(cells, title)),
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
