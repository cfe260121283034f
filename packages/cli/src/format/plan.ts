import type { Change, ChangeAction, ChangeImpact, FieldDifference, JsonValue, Plan, PlanNote } from '@sindri/core';
import type { Style } from '../style.js';
import { formatCost, monthlyDelta, totalDelta } from './money.js';

const signs: Record<ChangeAction, string> = {
  create: '+',
  update: '~',
  delete: '-',
  adopt: '=',
  start: '▸',
  stop: '▪',
};

/** What people must know before they say yes. `in-place` and `paid` show themselves: nothing happens, and the price. */
const impactWords: Partial<Record<ChangeImpact, string>> = {
  restart: 'restarts',
  replace: 'replaced',
  'data-loss': 'data is lost',
};

/** A plan for people: what changes and why, what to look out for, what it costs. */
export function formatPlan(plan: Plan, style: Style): string {
  const sections = [heading(plan, style)];
  if (plan.changes.length > 0) sections.push(plan.changes.map((change) => formatChange(change, style)).join('\n'));
  if (plan.notes.length > 0) sections.push(plan.notes.map((note) => formatNote(note, style)).join('\n'));
  if (plan.cost !== null && plan.intent === 'deploy') sections.push(formatCost(plan.cost, style));
  const delta = totalDelta(plan);
  if (plan.changes.length > 0 && delta !== null && monthlyDelta(delta) !== '') {
    sections.push(`${plan.intent === 'destroy' ? 'Saves' : 'This changes the bill by'} ${savedOrAdded(plan, delta)}.`);
  }
  return sections.join('\n\n');
}

/** `+ create volume home_data, 30 GB in sjc  (+$4.50/month)` and its differences. */
export function formatChange(change: Change, style: Style): string {
  const sign = { create: style.green, delete: style.red, update: style.yellow }[change.action as string] ?? style.cyan;
  const remarks = [
    ...change.impact.flatMap((impact) => impactWords[impact] ?? []),
    ...[monthlyDelta(change.monthlyCostDelta)].filter((text) => text !== ''),
  ];
  const dangerous = change.impact.includes('data-loss') || change.impact.includes('replace');
  const remark = remarks.length === 0 ? '' : `  (${remarks.join(', ')})`;
  return [
    `  ${sign(signs[change.action])} ${change.title}${dangerous ? style.red(remark) : style.dim(remark)}`,
    // What a new thing looks like stands in its title; its fields differ from nothing.
    ...(change.action === 'create' ? [] : change.differences.map((difference) => formatDifference(difference, style))),
  ].join('\n');
}

export function formatNote({ level, message }: PlanNote, style: Style): string {
  return level === 'warning' ? `  ${style.yellow('!')} ${message}` : `  ${style.dim('i')} ${message}`;
}

function heading(plan: Plan, style: Style): string {
  const name = `${style.bold(plan.environment)} on ${plan.provider}`;
  const count = plan.changes.length;
  if (count === 0) return plan.intent === 'deploy' ? `${name}: nothing to do.` : `${name}: nothing is left.`;
  const verb = plan.intent === 'deploy' ? 'to make' : 'to take away';
  return `${name}: ${count} ${plan.intent === 'deploy' ? (count === 1 ? 'change' : 'changes') : count === 1 ? 'thing' : 'things'} ${verb}`;
}

function savedOrAdded(plan: Plan, delta: number): string {
  return plan.intent === 'destroy' ? monthlyDelta(-delta).replace(/^\+/, '') : monthlyDelta(delta);
}

function formatDifference({ field, from, to, why }: FieldDifference, style: Style): string {
  const reason = why === undefined ? '' : style.dim(`  ${why}`);
  return `      ${field}: ${shown(from)} → ${shown(to)}${reason}`;
}

function shown(value: JsonValue): string {
  if (value === null) return 'none';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
