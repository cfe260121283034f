import type { VolumeSummary } from '@sindri/core';
import { plainCommand, type NextCommand } from '../next-commands.js';
import type { VolumesResult } from '../operations/volumes.js';
import type { Style } from '../style.js';
import { plainText } from '../terminal/outside-text.js';
import { formatTable, type Column } from './table.js';

const BYTES_PER_GB = 1024 ** 3;

/** One line for each volume, the one with the workspace first, and how to delete one that nothing uses. */
export function formatVolumes(
  { environment, volumes }: VolumesResult,
  style: Style,
  { next = plainCommand, intents = [] }: { next?: NextCommand; intents?: readonly string[] } = {},
): string {
  if (volumes.length === 0) return `${style.bold(environment)} has no volume.\nMake one: ${next('deploy')}`;
  const columns: Column<VolumeSummary>[] = [
    { title: 'VOLUME', text: ({ id }) => plainText(id), paint: (text) => style.bold(text) },
    { title: 'NAME', text: ({ name }) => plainText(name), dispensable: 1 },
    { title: 'SIZE', text: ({ sizeGb }) => (sizeGb === null ? '' : `${sizeGb} GB`) },
    { title: 'FULL', text: ({ used }) => full(used), dispensable: 2 },
    { title: 'REGION', text: ({ region }) => plainText(region ?? ''), dispensable: 3 },
    {
      title: 'USED BY',
      text: ({ usedBy, problem }) =>
        `${plainText(usedBy ?? 'nothing')}${problem === null ? '' : `; ${plainText(problem)}`}`,
      paint: (text, { problem }) => (problem === null ? text : style.magenta(text)),
    },
    { title: 'MADE', text: ({ createdAt }) => plainText(createdAt?.slice(0, 10) ?? ''), dispensable: 4 },
  ];
  const unused = intents.includes('volume.delete') ? volumes.find(({ usedBy }) => usedBy === null) : undefined;
  const how =
    unused === undefined ? [] : ['', `Delete one that nothing uses: ${next(`volume delete ${plainText(unused.id)}`)}`];
  return [formatTable(volumes, columns, style), ...how].join('\n');
}

function full(used: VolumeSummary['used']): string {
  if (used === null || used.totalBytes === 0) return '';
  const gb = Math.round((used.usedBytes / BYTES_PER_GB) * 10) / 10;
  return `${Math.round((used.usedBytes / used.totalBytes) * 100)} % (${gb} GB)`;
}
