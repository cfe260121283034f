import type { ListedSecret } from '@sindri/core';
import { plainCommand, type NextCommand } from '../next-commands.js';
import type { SecretsResult } from '../operations/secrets.js';
import type { Style } from '../style.js';
import { plainText } from '../terminal/outside-text.js';
import { formatTable } from './table.js';
import { timeAgo } from './time.js';

/** One line for each secret, and what to do about those that are not in use, or not as they are here. */
export function formatSecrets(
  { environment, secrets }: SecretsResult,
  style: Style,
  nowMs: number,
  next: NextCommand = plainCommand,
): string {
  if (secrets.length === 0) {
    return `${style.bold(environment)} has no secrets.\nSet one: ${next('secrets set NAME=-')} < FILE`;
  }
  const table = formatTable(
    secrets,
    [
      { title: 'NAME', text: ({ name }) => plainText(name), paint: (text) => style.bold(text) },
      { title: 'STATE', text: ({ state }) => stateWords[state] },
      { title: 'HERE', text: localText },
      { title: 'SET', text: ({ updatedAt }) => (updatedAt === null ? '' : timeAgo(updatedAt, nowMs)), dispensable: 2 },
      {
        title: 'ENDS',
        text: ({ expiresAt }) => (expiresAt === undefined ? '' : expiresAt.slice(0, 10)),
        dispensable: 1,
      },
      { title: 'DIGEST', text: ({ digest }) => plainText(digest ?? ''), dispensable: 3 },
    ],
    style,
  );
  return [table, ...advice(secrets, next)].join('\n');
}

const stateWords: Record<ListedSecret['state'], string> = {
  live: 'live',
  staged: 'staged, not live',
  removed: 'removed, still live',
  unknown: 'set',
  absent: 'not set',
};

function localText({ local, origin, fromConfig }: ListedSecret): string {
  if (origin === null) return fromConfig ? 'no value' : '';
  const where = plainText(origin);
  switch (local) {
    case 'same':
      return `as in ${where}`;
    case 'differs':
      return `differs from ${where}`;
    default:
      return `also in ${where}`;
  }
}

function advice(secrets: readonly ListedSecret[], next: NextCommand): string[] {
  const waits = secrets.some(({ state }) => state === 'staged' || state === 'removed');
  const differs = secrets.some(({ local }) => local === 'differs');
  return [
    ...(waits
      ? [
          `What is staged or removed takes effect with ${next('secrets deploy')} or the next update, not with a restart.`,
        ]
      : []),
    ...(differs ? [`${next('deploy')} sets what differs from here.`] : []),
  ];
}
