import type { EnvironmentAddress, EnvironmentState, EnvironmentSummary } from '@sindri/core';
import type { Style } from '../style.js';
import { formatCost } from './money.js';
import { timeAgo } from './time.js';
import { wrap } from './wrap.js';

/** The commands to offer, with the options that lead to this environment. */
export interface StatusCommands {
  deploy: string;
  logs: string;
}

/** What is there, where it is reached, and what it costs. */
export function formatStatus(
  summary: EnvironmentSummary,
  style: Style,
  nowMs: number,
  commands: StatusCommands,
): string {
  const head = `${style.bold(summary.environment)} on ${summary.provider}: ${stateText(summary, style)}`;
  if (summary.state === 'absent') return `${head}\n\nMake it: ${commands.deploy}`;
  const { resources, timestamps } = summary;
  const size = [
    resources.cpus === null ? null : `${resources.cpus} ${resources.cpus === 1 ? 'CPU' : 'CPUs'}`,
    resources.memoryMb === null ? null : `${memory(resources.memoryMb)} memory`,
    resources.volumeGb === null ? null : `${resources.volumeGb} GB volume`,
  ].filter((part) => part !== null);
  const rows: [string, string | null][] = [
    ['Region', summary.region],
    ['Image', summary.image],
    ['Size', size.length === 0 ? null : size.join(', ')],
    ...summary.addresses.map((address, index): [string, string] => [
      index === 0 ? 'Addresses' : '',
      shownAddress(address),
    ]),
    ['Created', time(timestamps.createdAt)],
    ['Started', summary.state === 'running' ? time(timestamps.startedAt) : null],
    ['Stopped', summary.state === 'running' ? null : time(timestamps.stoppedAt)],
    ['When idle', summary.idleBehaviour === null ? null : wrap(summary.idleBehaviour, ' '.repeat(13))],
  ];
  const lines = rows
    .filter((row): row is [string, string] => row[1] !== null)
    .map(([label, value]) => `  ${style.dim(label.padEnd(10))} ${value}`);
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
  const paint =
    state === 'running' ? style.green : /^(failed|incomplete|unknown)$/.test(state) ? style.red : style.yellow;
  const own = platformState === null || platformState === state ? '' : ` (${platformState})`;
  const reason = stateReason === undefined ? '' : `. ${stateReason}`;
  return `${paint(stateWords[state])}${own}${reason}`;
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

/** `ssh  my-app.fly.dev:10022  (dedicated IPv6, free)` */
export function shownAddress({ type, value, port, note }: EnvironmentAddress): string {
  const host = value.includes(':') && port !== undefined ? `[${value}]` : value;
  return `${type} ${host}${port === undefined ? '' : `:${port}`}${note === undefined ? '' : ` (${note})`}`;
}

function memory(mb: number): string {
  return mb % 1024 === 0 ? `${mb / 1024} GB` : `${mb} MB`;
}

function nextStep(state: EnvironmentState, { deploy, logs }: StatusCommands): string {
  if (state === 'incomplete' || state === 'failed') return `Look closer: ${logs}\nRepair it:   ${deploy}`;
  return '';
}
