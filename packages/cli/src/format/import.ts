import type { ImportOutcome } from '../operations/import.js';
import type { Style } from '../style.js';
import { oneLine } from './one-line.js';
import { formatProblem } from './problems.js';

/** What was written, what it does not say, and how to go on. `next` spells a command for the new environment. */
export function formatImport(result: ImportOutcome, style: Style, next: (words: string) => string): string {
  const { file, name, provider, remarks, problems } = result;
  const of = (effect: ImportOutcome['remarks'][number]['effect']) =>
    remarks.filter((remark) => remark.effect === effect);
  return [
    `${style.green('✓')} Wrote ${file}: ${style.bold(name)} on ${provider}.`,
    ...problems.map((problem) => formatProblem(problem, style)),
    ...section(
      style.magenta('A deploy changes:'),
      of('changes').map(({ subject, message }) => `  ${subject}: ${oneLine(message)}`),
    ),
    ...section('Stays as it is, although a config cannot say it:', listed(of('stays'))),
    ...section(style.magenta('Not in the config, which cannot say it:'), listed(of('lost'))),
    '',
    verdict(result, style, next),
  ].join('\n');
}

function listed(remarks: ImportOutcome['remarks']): string[] {
  return remarks.length === 0 ? [] : [`  ${remarks.map(({ subject }) => oneLine(subject)).join(', ')}`];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function verdict({ plan, unplanned, source }: ImportOutcome, style: Style, next: (words: string) => string): string {
  if (unplanned !== null) {
    return `${style.magenta('!')} What a deploy would do could not be planned: ${oneLine(unplanned.message)}`;
  }
  if (plan === null) return `Next, see what a deploy of it would do and cost: ${next('plan')}`;
  if (plan.changes === 0) return `${style.green('✓')} What runs is what the file says: its plan is empty.`;
  if (!plan.adopts) return `See what a deploy would change: ${next('plan')}`;
  return `Sindri did not make ${source.name}. See what taking it over would change: ${next('deploy --adopt --dry-run')}`;
}
