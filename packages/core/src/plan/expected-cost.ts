import type { AwakeHours, CostItem, CostSummary } from '../model/cost.js';

/** The hours of a month, as bills count it: 30 days. */
export const monthHours = 720;

/** The hours of a month that somebody works: 8 on 22 days. What is assumed where nothing better is known. */
export const usualHours = 176;

/**
 * A bill with what it is expected to be between asleep and always on: `hours`, else those that the provider knows, else
 * {@link usualHours}. One whose idle part is unknown stays as it is, for nothing can be said then. Pure.
 */
export function withExpected<Cost extends CostSummary>(cost: Cost, hours?: number): Cost {
  const { monthlyIdle, monthlyRunning } = cost;
  if (monthlyIdle === null) return withoutExpected(cost) as Cost;
  const awake =
    hours === undefined ? (sane(cost.awake) ?? assumed) : ({ hours: clamped(hours), basis: 'asked' } as const);
  const share = awake.hours / monthHours;
  const between = (running: number, idle: number): number => cents(idle + (running - idle) * share);
  const items = cost.items.map((item) => ({
    ...item,
    monthlyExpected: between(item.monthly, item.monthlyIdle ?? item.monthly),
  }));
  // Each sum is that of its column, where the items are the whole bill.
  const isWhole = same(
    sum(items, ({ monthly }) => monthly),
    monthlyRunning,
  );
  const monthlyExpected = isWhole
    ? cents(sum(items, ({ monthlyExpected: part }) => part))
    : between(monthlyRunning, monthlyIdle);
  return { ...cost, items, awake, monthlyExpected };
}

/** The same bill without anything that was measured or assumed. */
export function withoutExpected(cost: CostSummary | null): CostSummary | null {
  if (cost === null) return null;
  const { awake: _awake, monthlyExpected: _expected, items, ...rest } = cost;
  return { ...rest, items: items.map(({ monthlyExpected: _part, ...item }) => item) };
}

const assumed: AwakeHours = { hours: usualHours, basis: 'assumed' };

/** What a provider says, if it can be so. */
function sane(awake: AwakeHours | undefined): AwakeHours | undefined {
  return awake !== undefined && Number.isFinite(awake.hours) ? { ...awake, hours: clamped(awake.hours) } : undefined;
}

function clamped(hours: number): number {
  return Math.min(monthHours, Math.max(0, hours));
}

function sum<Item extends CostItem>(items: readonly Item[], part: (item: Item) => number): number {
  return items.reduce((total, item) => total + part(item), 0);
}

function same(one: number, other: number): boolean {
  return Math.abs(one - other) < 0.005;
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
