import type {
  EnvironmentAddress,
  EnvironmentState,
  EnvironmentSummary,
  HeldAwake,
  InstanceSummary,
  OwnToken,
} from '@sindri/core';
import type { Style } from '../style.js';
import { formatCost, money } from './money.js';
import { timeAgo } from './time.js';
import { oneLine } from './one-line.js';
import { usageRows } from './usage.js';

/** The commands to offer, with the options that lead to this environment. */
export interface StatusCommands {
  deploy: string;
  destroy: string;
  /** Absent where the provider has none. */
  logs?: string;
  cost?: string;
  /** Absent where it mints no credentials. */
  protect?: string;
}

/** Where the values of the rows begin: two blanks after the longest label, so that a value that does not fit goes on below itself. */
const VALUE_COLUMN = 14;

/** What is there, where it is reached, and what it costs. */
export function formatStatus(
  summary: EnvironmentSummary,
  style: Style,
  nowMs: number,
  commands: StatusCommands,
): string {
  const head = `${style.bold(summary.environment)} on ${summary.provider}: ${stateText(summary, style)}`;
  if (summary.state === 'absent') return [head, ...absentLines(summary, commands)].join('\n');
  const { timestamps } = summary;
  const rows: [string, string | null][] = [
    ['Region', summary.region],
    ['Image', summary.image === null ? null : shownImage(summary.image, style.measure - VALUE_COLUMN)],
    ['Size', formatSize(summary.resources)],
    ...usageRows(summary, style, commands.cost),
    ...labelled('Kept', summary.kept ?? []),
    ...labelled('Instances', instanceLines(summary.instances)),
    ...labelled('Addresses', summary.addresses.map(shownAddress)),
    ...labelled('No way in', obstacles(summary)),
    ['Created', time(timestamps.createdAt)],
    ['Started', summary.state === 'running' ? time(timestamps.startedAt) : null],
    ['Stopped', summary.state === 'running' ? null : time(timestamps.stoppedAt)],
    ['When idle', summary.idleBehaviour === null ? null : oneLine(summary.idleBehaviour)],
    ...labelled('Kept awake', heldLines(summary.holds)),
    ['Token', tokenText(summary.ownToken, nowMs, style, commands)],
  ];
  const lines = rows
    .filter((row): row is [string, string] => row[1] !== null)
    .map(([label, value]) => `  ${label.padEnd(10)}  ${value}`);
  return [
    [head, ...lines].join('\n'),
    ...(summary.cost === null ? [] : [formatCost(summary.cost, style)]),
    nextStep(summary.state, commands),
  ]
    .filter((section) => section !== '')
    .join('\n\n');

  function time(iso: string | null): string | null {
    return iso === null ? null : timeAgo(iso, nowMs);
  }
}

/** `running`, in the colour of its meaning, with the platform's own word when it says more. */
export function stateText(summary: EnvironmentSummary, style: Style): string {
  const { state, platformState, stateReason } = summary;
  const own = platformState === null || platformState === state ? '' : ` (${platformState})`;
  const reason = stateReason === undefined ? '' : `. ${stateReason}`;
  return `${paintState(state, stateWord(state), style)}${own}${reason}`;
}

/** How people say a state. */
export function stateWord(state: EnvironmentState): string {
  return Object.hasOwn(stateWords, state) ? stateWords[state] : state;
}

/** `text` in the colour of a state's meaning. */
export function paintState(state: EnvironmentState, text: string, style: Style): string {
  if (state === 'running') return style.green(text);
  return /^(failed|incomplete|unknown)$/.test(state) ? style.red(text) : style.magenta(text);
}

const stateWords: Record<EnvironmentState, string> = {
  absent: 'not deployed',
  incomplete: 'incomplete',
  creating: 'being created',
  running: 'running',
  stopping: 'stopping',
  stopped: 'stopped',
  suspending: 'being suspended',
  suspended: 'suspended',
  destroying: 'being destroyed',
  failed: 'failed',
  unknown: 'unknown',
};

/** `2 CPUs, 4 GB memory, 30 GB volume`; `null` when nothing is known. */
export function formatSize({ cpus, memoryMb, volumeGb }: EnvironmentSummary['resources']): string | null {
  const parts = [
    cpus === null ? null : `${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`,
    memoryMb === null ? null : `${memory(memoryMb)} memory`,
    volumeGb === null ? null : `${volumeGb} GB volume`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
}

/** A digest that does not fit on a line is cut to what tells two apart; whoever needs it whole has --json. */
function shownImage(image: string, width: number): string {
  return image.length <= width ? image : image.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]{52}$/, '$1…');
}

/** `ssh  my-app.fly.dev:10022  (dedicated IPv6, free)` */
export function shownAddress({ type, value, port, note }: EnvironmentAddress): string {
  const host = value.includes(':') && port !== undefined ? `[${value}]` : value;
  return `${type} ${host}${port === undefined ? '' : `:${port}`}${note === undefined ? '' : ` (${note})`}`;
}

/** What was kept is no damage: it is offered for use or for deletion, not for repair. */
function absentLines({ kept = [], cost }: EnvironmentSummary, { deploy, destroy }: StatusCommands): string[] {
  if (kept.length === 0) return ['', `Make it: ${deploy}`];
  const price = cost === null ? 0 : (cost.monthlyIdle ?? cost.monthlyRunning);
  return [
    ...labelled('Kept', kept).map(([label, value]) => `  ${label.padEnd(10)}  ${value}`),
    ...(cost === null || price === 0 ? [] : [`  ${'Costs'.padEnd(10)}  ${money(price, cost.currency)} a month`]),
    '',
    `Deploy, using it again: ${deploy}`,
    `Delete it for good:     ${destroy}`,
  ];
}

function heldLines(holds: readonly HeldAwake[] = []): string[] {
  return holds.map(({ reason, by, until }) => {
    const who = by === null ? '' : ` by ${by}`;
    const end = until === null ? '' : `, until ${until.slice(0, 16).replace('T', ' ')} UTC unless it is renewed`;
    return `${reason}${who}${end}`;
  });
}

function tokenText(
  token: OwnToken | undefined,
  nowMs: number,
  style: Style,
  { protect }: StatusCommands,
): string | null {
  if (token === undefined) return null;
  const { secret, endsAt, endsSoon } = token;
  const day = oneLine(endsAt.slice(0, 10));
  const text =
    Date.parse(endsAt) <= nowMs ? `${oneLine(secret)} has ended on ${day}` : `${oneLine(secret)}, until ${day}`;
  if (!endsSoon) return text;
  return `${style.magenta(text)}${protect === undefined ? '' : `. Renew it: ${protect}`}`;
}

/** Only when there is a choice. */
function instanceLines(instances: readonly InstanceSummary[] = []): string[] {
  if (instances.length < 2) return [];
  const width = Math.max(...instances.map(({ name }) => name.length));
  return instances.map(({ name, state, platformState, region }) => {
    const own = platformState === null || platformState === state ? '' : ` (${platformState})`;
    return `${name.padEnd(width)}  ${stateWords[state]}${own}${region === null ? '' : `, ${region}`}`;
  });
}

/** Why no connection method can work now. While one can, `auto` takes it, and nobody needs to read of the others. */
function obstacles({ connections = [] }: EnvironmentSummary): string[] {
  if (connections.some(({ unavailable }) => unavailable === null)) return [];
  return connections.map(({ method, unavailable }) => oneLine(`${method}: ${unavailable}`));
}

/** Rows of which only the first has the label. */
function labelled(label: string, values: readonly string[]): [string, string][] {
  return values.map((value, index) => [index === 0 ? label : '', value]);
}

function memory(mb: number): string {
  return mb % 1024 === 0 ? `${mb / 1024} GB` : `${mb} MB`;
}

function nextStep(state: EnvironmentState, { deploy, logs }: StatusCommands): string {
  if (state !== 'incomplete' && state !== 'failed') return '';
  return `${logs === undefined ? '' : `Look closer: ${logs}\n`}Repair it:   ${deploy}`;
}
