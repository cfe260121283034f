import type {
  Change,
  ChangeAction,
  ChangeImpact,
  ConsentReason,
  FieldDifference,
  JsonValue,
  Plan,
  PlannedSecret,
  PlanNote,
} from '@sindri/core';
import type { Style } from '../style.js';
import { displayWidth } from '../terminal/text-width.js';
import { oneLine } from './one-line.js';
import { formatPlannedImage } from './image.js';
import { currencyOf, formatCost, monthlyDelta, totalDelta } from './money.js';

const signs: Record<ChangeAction, string> = {
  create: '+',
  update: '~',
  replace: '±',
  delete: '-',
  adopt: '=',
  start: '▸',
  stop: '▪',
  prepare: '·',
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
  if (plan.image !== undefined) sections.push(formatPlannedImage(plan.image, style));
  if (plan.changes.length > 0) sections.push(formatChanges(plan.changes, style, currencyOf(plan)));
  // Whoever has just given a value knows where it is from.
  const found = plan.secrets?.filter(({ origin }) => origin !== 'given') ?? [];
  if (plan.changes.length > 0 && found.length > 0) sections.push(formatSecrets(found));
  if (plan.consents !== undefined) sections.push(formatConsents(plan.consents, style));
  if (plan.notes.length > 0) sections.push(plan.notes.map((note) => formatNote(note, style)).join('\n'));
  if (plan.cost !== null && plan.intent === 'deploy') sections.push(formatCost(plan.cost, style));
  sections.push(billLine(plan) ?? '');
  return sections.filter((section) => section !== '').join('\n\n');
}

/** `+ create volume home_data, 30 GB in sjc  (+$4.50/month)` and its differences. Remarks stand below one another where there is room. */
function formatChanges(changes: readonly Change[], style: Style, currency: string): string {
  const rows = changes.map((change) => ({ change, remark: remarkOf(change, currency) }));
  const remarked = rows.filter(({ remark }) => remark !== '');
  const column = Math.max(0, ...remarked.map(({ change }) => displayWidth(change.title)));
  const fits = remarked.every(({ remark }) => '  + '.length + column + 2 + displayWidth(remark) <= style.measure);
  return rows
    .map(({ change, remark }) => formatChange(change, style, { remark, column: fits ? column : 0 }))
    .join('\n');
}

function formatChange(change: Change, style: Style, { remark, column }: { remark: string; column: number }): string {
  const sign = { create: style.green, delete: style.red, update: style.magenta }[change.action as string] ?? style.cyan;
  const dangerous = change.impact.includes('data-loss') || change.impact.includes('replace');
  const gap = ' '.repeat(Math.max(0, column - displayWidth(change.title)) + 2);
  // What comes or goes stands in the title; its fields differ from nothing.
  const differences = change.action === 'create' || change.action === 'delete' ? [] : change.differences;
  const width = Math.max(0, ...differences.map(({ field }) => displayWidth(field)));
  return [
    `  ${sign(signs[change.action])} ${change.title}${remark === '' ? '' : `${gap}${dangerous ? style.red(remark) : remark}`}`,
    ...differences.map((difference) => formatDifference(difference, width)),
  ].join('\n');
}

/** `(restarts, +$4.50/month)` */
function remarkOf({ impact, monthlyCostDelta }: Change, currency: string): string {
  const remarks = [...impact.flatMap((one) => impactWords[one] ?? []), monthlyDelta(monthlyCostDelta, currency)];
  const said = remarks.filter((text) => text !== '');
  return said.length === 0 ? '' : `(${said.join(', ')})`;
}

/** `  i NOPE is not set.` */
export function formatNote({ level, message }: PlanNote, style: Style): string {
  const mark = level === 'warning' ? style.magenta('!') : style.cyan('i');
  return `  ${mark} ${oneLine(message)}`;
}

/** Where the value of each is from: somebody else may have written the config. */
function formatSecrets(secrets: readonly PlannedSecret[]): string {
  const width = Math.max(...secrets.map(({ name }) => name.length));
  return ['Secrets:', ...secrets.map(({ name, origin }) => `  ${name.padEnd(width)}  from ${origin}`)].join('\n');
}

function formatConsents(consents: readonly ConsentReason[], style: Style): string {
  return [
    style.magenta('This config sends something of yours elsewhere. It is asked once:'),
    ...consents.map(({ message }) => `  ${style.magenta('!')} ${oneLine(message)}`),
  ].join('\n');
}

function heading(plan: Plan, style: Style): string {
  const name = `${style.bold(plan.environment)} on ${plan.provider}`;
  const adopted = plan.changes.filter(({ action }) => action === 'adopt').length;
  const count = plan.intent === 'destroy' ? plan.changes.length - adopted : plan.changes.length;
  const adopting = adopted === 0 ? '' : `, ${adopted} to take over`;
  if (plan.intent === 'destroy') {
    if (plan.changes.length > 0) {
      return `${name}: ${count} ${count === 1 ? 'resource' : 'resources'} to delete${adopting}${keeping(plan)}`;
    }
    return plan.keep === undefined ? `${name}: nothing is left.` : `${name}: nothing to delete${keeping(plan)}.`;
  }
  return count === 0
    ? `${name}: nothing to do.`
    : `${name}: ${count} ${count === 1 ? 'change' : 'changes'} to make${adopting}`;
}

/** Everything of these types, so far as there is any: the plan does not say what. */
function keeping({ keep = [] }: Plan): string {
  return keep.length === 0 ? '' : `, every ${keep.join(' and ')} stays`;
}

/** What the plan does to the bill, unless that was said already. */
function billLine(plan: Plan): string | null {
  const delta = totalDelta(plan);
  const currency = currencyOf(plan);
  if (plan.changes.length === 0 || delta === null || monthlyDelta(delta) === '') return null;
  if (plan.intent === 'destroy') {
    const told = plan.notes.some(({ code }) => code.endsWith('_SAVINGS'));
    return told ? null : `Saves ${monthlyDelta(-delta, currency).replace(/^\+/, '')}.`;
  }
  // A first deploy adds just what the environment costs.
  const everything = plan.cost !== null && Math.abs(plan.cost.monthlyRunning - delta) < 0.005;
  return everything ? null : `This changes the bill by ${monthlyDelta(delta, currency)}.`;
}

function formatDifference({ field, from, to, why }: FieldDifference, width: number): string {
  const label = `${field}:`.padEnd(width + 1);
  return `      ${label} ${shown(from)} → ${shown(to)}${why === undefined ? '' : `  ${why}`}`;
}

function shown(value: JsonValue): string {
  if (value === null) return 'none';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
