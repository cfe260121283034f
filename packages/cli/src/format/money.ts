import type { AwakeHours, CostSummary, Plan } from '@sindri/core';
import type { Style } from '../style.js';
import { foldText } from '../terminal/fold.js';

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
 * What the environment costs in a month, with what each sum is made of: `  $30.28   $7.40   $0.00  machine …`, always on, as expected, and
 * asleep, in the words of `cost`. Empty for what costs nothing.
 */
export function formatCost(cost: CostSummary, style: Style): string {
  const { currency, monthlyRunning, monthlyExpected, monthlyIdle, items, awake, pricesAsOf } = cost;
  const parts = items.map(({ title, monthly, monthlyIdle: idle = monthly, monthlyExpected: expected }) => ({
    title,
    monthly,
    idle,
    expected,
  }));
  const amounts = parts.flatMap(({ monthly, idle }) => [monthly, idle]);
  if ([monthlyRunning, monthlyIdle ?? 0, ...amounts].every(isNothing)) return '';
  const shown = (amount: number): string => money(amount, currency);
  const asOf = pricesAsOf === null ? '' : ` ${style.dim(`(prices of ${pricesAsOf})`)}`;
  // One column is enough where all are the same throughout.
  const several = monthlyIdle !== null && parts.some(({ monthly, idle }) => !isNothing(monthly - idle));
  const isExpected = monthlyExpected !== undefined && awake !== undefined && awake.basis !== 'always';
  const three = several && isExpected && parts.every(({ expected }) => expected !== undefined);
  const asleepText = monthlyIdle === null ? '' : `, ${style.bold(shown(monthlyIdle))} asleep`;
  const expectedText = three ? `, ${style.bold(shown(monthlyExpected))} ${awakeText(awake)}` : '';
  const rows = parts.map(({ title, monthly, idle, expected = monthly }) => ({
    title,
    cells: [shown(monthly), ...(three ? [shown(expected)] : []), ...(several ? [shown(idle)] : [])],
  }));
  const titles = several ? ['always on', ...(three ? ['expected'] : []), 'asleep'] : [];
  const widths = [0, 1, 2].map((at) =>
    Math.max(titles[at]?.length ?? 0, ...rows.map(({ cells }) => cells[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[], title: string) => {
    const amounts = `  ${cells.map((cell, at) => `${cell.padStart(widths[at] ?? 0)}  `).join('')}`;
    const room = Number.isFinite(style.measure) ? style.measure - amounts.length : undefined;
    return `${amounts}${foldText(title, room).replaceAll('\n', `\n${' '.repeat(amounts.length)}`)}`.trimEnd();
  };
  return [
    `Cost: ${style.bold(shown(monthlyRunning))} a month always on${expectedText}${asleepText}${asOf}`,
    ...(several ? [line(titles, '')] : []),
    ...rows.map(({ cells, title }) => line(cells, title)),
  ].join('\n');
}

/** `with 176 hours awake (assumed: 8 on 22 days)` */
export function awakeText({ hours, basis, days }: AwakeHours): string {
  const why = {
    assumed: 'assumed: 8 on 22 days',
    asked: 'as asked',
    measured: `measured over ${days ?? 'some'} days`,
    always: 'nothing puts it to sleep',
  }[basis];
  return `with ${Math.round(hours)} hours awake (${why})`;
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
