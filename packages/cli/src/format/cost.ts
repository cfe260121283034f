import type { CostLine, CostRate } from '@sindri/core';
import type { CostResult } from '../operations/cost.js';
import type { Style } from '../style.js';
import { plainText } from '../terminal/outside-text.js';
import { awakeText, money } from './money.js';
import { oneLine } from './one-line.js';
import { formatTable, type Column } from './table.js';

/** The bill, line by line. `old` warns of prices that were looked up long ago. */
export function formatCostReport(result: CostResult, style: Style, old: string | null): string {
  const { rates, pricesAsOf } = result;
  const foot = [
    ...(pricesAsOf === null ? [] : [`Prices of ${pricesAsOf}. An estimate: the invoice is the truth.`]),
    ...(old === null ? [] : [`${style.magenta('!')} ${old}`]),
  ];
  return [heading(result, style), table(result, style), ratesText(rates, result.currency), foot.join('\n')]
    .filter((section) => section !== '')
    .join('\n\n');
}

function heading({ environment, provider, currency, of, ...cost }: CostResult, style: Style): string {
  const shown = (amount: number): string => style.bold(money(amount, currency));
  const name = `${style.bold(environment)} on ${provider}`;
  const subject = of === 'config' ? `${name}, before its first deploy` : name;
  if (cost.items.length === 0 && cost.monthlyRunning === 0) return `${name} costs nothing.`;
  const { monthlyRunning, monthlyIdle, monthlyExpected, awake, soFar } = cost;
  const sums =
    monthlyIdle === null || monthlyExpected === undefined || awake === undefined
      ? `${shown(monthlyRunning)} a month always on`
      : `${shown(monthlyExpected)} a month ${awakeText(awake)}; ${shown(monthlyIdle)} always asleep, ${shown(monthlyRunning)} always on`;
  const [least, why] = soFar?.isAtLeast === true ? ['at least ', '; the platform does not tell all of it'] : ['', ''];
  const spent = soFar === null ? [] : [`${monthName(soFar.month)} so far: ${least}${shown(soFar.spent)}${why}`];
  const unknown =
    soFar === null && of === 'deployed' ? ['This month so far: unknown, for how long it has run is not told'] : [];
  return [`${subject}: ${sums}`, ...spent, ...unknown].join('\n');
}

function table(
  { items, currency, monthlyRunning, monthlyIdle, monthlyExpected, soFar }: CostResult,
  style: Style,
): string {
  if (items.length === 0) return '';
  const total: CostLine = {
    title: 'together',
    monthly: monthlyRunning,
    ...(monthlyIdle === null ? {} : { monthlyIdle }),
    ...(monthlyExpected === undefined ? {} : { monthlyExpected }),
    ...(soFar === null ? {} : { soFar: soFar.spent }),
  };
  const rows = items.length === 1 ? items : [...items, total];
  const amount = (title: string, of: (line: CostLine) => number | undefined): Column<CostLine> => {
    const cell = (line: CostLine): string => {
      const value = of(line);
      return value === undefined ? '' : money(value, currency);
    };
    const width = Math.max(title.length, ...rows.map((line) => cell(line).length));
    const isUsed = rows.some((line) => cell(line) !== '');
    return { title: title.padStart(width), text: (line) => (isUsed ? cell(line).padStart(width) : '') };
  };
  const knowsIdle = monthlyIdle !== null;
  const columns: Column<CostLine>[] = [
    ...(knowsIdle ? [amount('ASLEEP', ({ monthly, monthlyIdle: idle = monthly }) => idle)] : []),
    amount('EXPECTED', ({ monthlyExpected: expected }) => expected),
    amount('ALWAYS ON', ({ monthly }) => monthly),
    amount('SO FAR', ({ soFar: spent }) => spent),
    {
      title: 'FOR',
      text: ({ title }) => plainText(title),
      paint: (text, row) => (row === total ? style.bold(text) : text),
      narrowest: 20,
    },
  ];
  return formatTable(rows, columns, style, ({ explanation = '' }) =>
    explanation === '' ? [] : [`    ${style.dim(oneLine(explanation))}`],
  );
}

function ratesText(rates: readonly CostRate[], currency: string): string {
  if (rates.length === 0) return '';
  const prices = rates.map(({ price, unit }) => `${money(price, currency)} a ${plainText(unit)}`);
  const width = Math.max(...prices.map(({ length }) => length));
  return [
    'Paid by use, in none of these sums:',
    ...rates.map(({ title, note }, at) => {
      const said = note === undefined ? '' : ` (${oneLine(note)})`;
      return `  ${(prices[at] ?? '').padEnd(width)}  ${plainText(title)}${said}`;
    }),
  ].join('\n');
}

/** `November 2026`; whatever else it is, as it is. */
function monthName(month: string): string {
  const at = new Date(`${month}-01T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return plainText(month);
  return at.toLocaleString('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' });
}
