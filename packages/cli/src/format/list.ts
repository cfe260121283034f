import type { ListResult } from '../operations/list.js';
import { plainCommand, type NextCommand } from '../next-commands.js';
import type { Style } from '../style.js';
import { plainText } from '../terminal/outside-text.js';
import { money } from './money.js';
import { paintState, stateWord } from './status.js';
import { formatTable, type Column } from './table.js';
import { oneLine } from './one-line.js';

type Listed = ListResult['environments'][number];

/** One line for each environment, what is left over below it, and what all of it costs. */
export function formatList(result: ListResult, style: Style, next: NextCommand = plainCommand): string {
  const { environments, complete, asked } = result;
  if (environments.length === 0) return emptyText(result, next);
  const several = new Set([...asked, ...environments.map(({ provider }) => provider)]).size > 1;
  const orphansOf = (listed: Listed): string[] =>
    listed.orphans.map((orphan) => `  ${style.magenta('!')} ${oneLine(plainText(orphan))}`);
  const table = formatTable(environments, columnsOf(style, several), style, orphansOf);
  return [table, '', totalText(environments, complete, style)].join('\n');
}

/** What could not be seen, and what to do about it: for stderr. Empty when all was seen. */
export function formatUnobserved({ unobserved }: ListResult, style: Style): string {
  if (unobserved.length === 0) return '';
  const lines = unobserved.flatMap(({ provider, message, error }) => [
    `  ${oneLine(plainText(`${provider}: ${message}`))}`,
    ...(error?.hint === undefined ? [] : [`    ${oneLine(plainText(`Hint: ${error.hint}`))}`]),
    ...(error === null ? [] : [`    Code: ${error.code}`]),
  ]);
  return [style.magenta('Not everything could be seen. There may be more:'), ...lines].join('\n');
}

function columnsOf(style: Style, several: boolean): Column<Listed>[] {
  return [
    { title: 'NAME', text: ({ name }) => plainText(name), paint: (text) => style.bold(text) },
    ...(several ? [{ title: 'PROVIDER', text: ({ provider }: Listed) => provider, dispensable: 1 }] : []),
    {
      title: 'STATE',
      text: ({ state }) => stateWord(state),
      paint: (text, { state }) => paintState(state, text, style),
    },
    { title: 'REGION', text: ({ region }) => plainText(region ?? ''), dispensable: 3 },
    { title: 'SIZE', text: sizeText, dispensable: 4 },
    { title: 'A MONTH', text: costText, dispensable: 2 },
    { title: 'WHOSE', text: ({ owner }) => plainText(owner ?? ''), dispensable: 5 },
  ];
}

/** `2 CPUs, 4 GB, 30 GB disk` */
function sizeText({ resources: { cpus, memoryMb, volumeGb } }: Listed): string {
  return [
    cpus === null ? null : `${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`,
    memoryMb === null ? null : memoryMb % 1024 === 0 ? `${memoryMb / 1024} GB` : `${memoryMb} MB`,
    volumeGb === null ? null : `${volumeGb} GB volume`,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

/** `$20.47 ($5.70 asleep)`; a question mark for what nobody can tell. */
function costText({ monthlyCost }: Listed): string {
  if (monthlyCost === null) return '?';
  const { running, idle, currency } = monthlyCost;
  const resting = idle === null || idle === running ? '' : ` (${money(idle, currency)} asleep)`;
  return `${money(running, currency)}${resting}`;
}

/** `3 environments, $45.30 a month at most.` No sum where a part of it is unknown. */
function totalText(environments: readonly Listed[], complete: boolean, style: Style): string {
  const count = `${environments.length} ${environments.length === 1 ? 'environment' : 'environments'}`;
  const costs = environments.map(({ monthlyCost }) => monthlyCost);
  const currencies = new Set(costs.map((cost) => cost?.currency));
  const [currency] = currencies;
  const known = currencies.size === 1 && currency !== undefined && complete;
  const sum = costs.reduce((total, cost) => total + (cost?.running ?? 0), 0);
  return known && sum > 0
    ? `${count}, ${style.bold(money(sum, currency))} a month at most.`
    : `${count}${complete ? '' : environments.length === 1 ? ' was seen' : ' were seen'}.`;
}

function emptyText({ asked, complete, unable }: ListResult, next: NextCommand): string {
  if (!complete) return 'No environment was seen.';
  if (asked.length === 0) {
    const who = unable.length === 0 ? 'No provider was asked' : `Cannot list environments: ${unable.join(', ')}`;
    return `${who}.\nLook at one with its sindri.yaml: ${next('status -c FILE')}`;
  }
  return `There is no environment at ${asked.join(', ')}.\nMake one: ${next('config init')}, then ${next('deploy')}`;
}
