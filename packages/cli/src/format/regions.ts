import type { PlatformRegion } from '@sindri/core';
import type { RegionsResult } from '../operations/regions.js';
import type { Style } from '../style.js';
import { plainText } from '../terminal/outside-text.js';
import { formatTable, type Column } from './table.js';

/** One line for each region, the nearest first. */
export function formatRegions({ regions, provider }: RegionsResult, style: Style): string {
  if (regions.length === 0) return `${provider} lists no region.`;
  const columns: Column<PlatformRegion>[] = [
    { title: 'REGION', text: ({ code }) => plainText(code), paint: (text) => style.bold(text) },
    { title: 'NAME', text: ({ name }) => plainText(name) },
    { title: 'WHERE', text: ({ area }) => plainText(area ?? ''), dispensable: 2 },
    {
      title: 'DISTANCE',
      text: ({ distanceKm }) => (distanceKm === null ? '' : distanceKm === 0 ? 'nearest' : `${distanceKm} km`),
      dispensable: 1,
    },
    {
      title: 'ROOM',
      text: ({ room }) => (room === null ? '' : room ? 'yes' : 'full'),
      paint: (text, { room }) => (room === false ? style.red(text) : text),
      dispensable: 3,
    },
  ];
  return formatTable(regions, columns, style);
}
