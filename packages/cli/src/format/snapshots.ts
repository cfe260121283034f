import type { VolumeSnapshot } from '@sindri/core';
import { plainCommand, type NextCommand } from '../next-commands.js';
import type { SnapshotsResult } from '../operations/snapshots.js';
import type { Style } from '../style.js';
import { plainText } from '../terminal/outside-text.js';
import { formatTable, type Column } from './table.js';
import { duration } from './time.js';

/** One line for each snapshot, the newest first, and what one does with it, as far as the provider's `intents` go. */
export function formatSnapshots(
  { environment, snapshots }: SnapshotsResult,
  style: Style,
  nowMs: number,
  { next = plainCommand, intents = [] }: { next?: NextCommand; intents?: readonly string[] } = {},
): string {
  if (snapshots.length === 0) {
    const how = intents.includes('snapshot.create') ? `\nTake one: ${next('volume snapshot')}` : '';
    return `${style.bold(environment)} has no snapshot.${how}`;
  }
  const columns: Column<VolumeSnapshot>[] = [
    { title: 'SNAPSHOT', text: ({ id }) => plainText(id), paint: (text) => style.bold(text) },
    { title: 'VOLUME', text: ({ volume }) => plainText(volume), dispensable: 3 },
    { title: 'TAKEN', text: ({ createdAt }) => ago(createdAt, nowMs) },
    {
      title: 'SIZE',
      text: ({ sizeGb }) => (sizeGb === null ? '' : `${Math.round(sizeGb * 10) / 10} GB`),
      dispensable: 2,
    },
    {
      title: 'STATE',
      text: ({ state }) => stateWords[state] ?? state,
      paint: (text, row) => painted(text, row, style),
    },
    { title: 'KEPT UNTIL', text: ({ expiresAt }) => expiresAt?.slice(0, 10) ?? '', dispensable: 1 },
  ];
  const ready = intents.includes('snapshot.restore') ? snapshots.find(({ state }) => state === 'ready') : undefined;
  const how = ready === undefined ? [] : ['', `Go back to one: ${next(`volume restore ${plainText(ready.id)}`)}`];
  return [formatTable(snapshots, columns, style), ...how].join('\n');
}

const stateWords: Readonly<Record<VolumeSnapshot['state'], string>> = {
  pending: 'being taken',
  ready: 'ready',
  failed: 'failed',
};

function painted(text: string, { state }: VolumeSnapshot, style: Style): string {
  return state === 'failed' ? style.red(text) : state === 'pending' ? style.magenta(text) : text;
}

function ago(iso: string | null, nowMs: number): string {
  const at = iso === null ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(at)) return plainText(iso ?? '');
  return at > nowMs ? 'just now' : `${duration(nowMs - at)} ago`;
}
