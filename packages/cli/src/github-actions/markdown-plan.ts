import type { Change, CostSummary, FieldDifference, Plan } from '@sindri/core';
import { awakeText, currencyOf, money, monthlyDelta } from '../format/money.js';
import { overBudget } from '../operations/over-budget.js';
import { plainText } from '../terminal/outside-text.js';

/** GitHub refuses a summary of more than 1 MiB. */
const LONGEST = 200_000;

/** A plan as a part of the summary of a step: whether it is refused, what changes, what to look out for, what it costs. */
export function markdownPlan(plan: Plan): string {
  const { changes, notes, cost, intent } = plan;
  const title = `### ${prose(plan.environment)} on ${prose(plan.provider)}: ${prose(intent)}, ${count(changes.length)}`;
  const refusal = overBudget(plan);
  const sections = [
    title,
    refusal === null ? '' : `**Refused:** ${prose(refusal.message)}`,
    changes.length === 0 ? '' : changeTable(plan),
    notes.map(({ level, message }) => `- ${level === 'warning' ? '**Warning:** ' : ''}${prose(message)}`).join('\n'),
    cost === null || intent === 'destroy' ? '' : costTable(cost),
  ];
  const text = sections.filter((section) => section !== '').join('\n\n');
  return text.length <= LONGEST ? text : `${title}\n\nThis plan is too long for a summary; the log has it.`;
}

function count(changes: number): string {
  return changes === 0 ? 'nothing to do' : changes === 1 ? '1 change' : `${changes} changes`;
}

function changeTable(plan: Plan): string {
  const rows = plan.changes.map((change) => {
    const impact = change.impact.filter((word) => word !== 'in-place' && word !== 'paid').map(prose);
    const delta = prose(monthlyDelta(change.monthlyCostDelta, currencyOf(plan)));
    return `| ${prose(change.action)} | ${prose(change.title)}${differences(change)} | ${impact.join(', ')} | ${delta} |`;
  });
  return ['| | change | impact | bill |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** Of what stays: what is made or goes says itself in the title. */
function differences({ action, differences: all }: Change): string {
  if (action === 'create' || action === 'delete') return '';
  const shown = ({ field, from, to }: FieldDifference): string => `<br>${prose(field)}: ${value(from)} → ${value(to)}`;
  return all.map(shown).join('');
}

function value(given: unknown): string {
  return prose(given === null ? 'none' : typeof given === 'object' ? JSON.stringify(given) : String(given));
}

function costTable(cost: CostSummary): string {
  const { currency, items, monthlyRunning, monthlyIdle, monthlyExpected, awake, pricesAsOf } = cost;
  const shown = (amount: number | null | undefined): string =>
    amount === null || amount === undefined ? '' : prose(money(amount, currency));
  if (monthlyRunning === 0 && items.length === 0) return '';
  const rows = items.map(
    ({ title, monthly, monthlyIdle: idle = monthly, monthlyExpected: expected }) =>
      `| ${prose(title)} | ${monthlyIdle === null ? '' : shown(idle)} | ${shown(expected)} | ${shown(monthly)} |`,
  );
  const total = `| **together** | ${shown(monthlyIdle)} | ${shown(monthlyExpected)} | ${shown(monthlyRunning)} |`;
  const why = awake === undefined ? '' : `Expected ${prose(awakeText(awake))}. `;
  const asOf = pricesAsOf === null ? '' : `Prices of ${prose(pricesAsOf)}.`;
  return [
    '| a month | asleep | expected | always on |',
    '| --- | ---: | ---: | ---: |',
    ...rows,
    total,
    '',
    `${why}${asOf}`.trim(),
  ].join('\n');
}

/**
 * Text of others that means nothing in Markdown: one line, and each punctuation mark as an entity, which is no structure, no link, no
 * image and no HTML.
 */
function prose(text: string): string {
  return plainText(text).replace(/[!-/:-@[-`{-~]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
