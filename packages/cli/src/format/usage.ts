import type { EnvironmentSummary, EnvironmentUsage } from '@sindri/core';
import type { Style } from '../style.js';
import { money } from './money.js';

const BAR_COLUMNS = 16;
/** Room for a row with a bar. */
const WIDE_ENOUGH = 60;
const GB = 1024 ** 3;
const MB = 1024 ** 2;

/** Rows of a status: how full the volume and the memory are, and what the month has cost. What is not known is said to be so. */
export function usageRows(
  { usage, resources, state, cost }: EnvironmentSummary,
  style: Style,
  /** The command that may know more of the month. */
  costCommand?: string,
): [string, string | null][] {
  if (usage === undefined) return [];
  const { volume, memory, month } = usage;
  const isAwake = state === 'running';
  const hasMemory = memory !== null || resources.memoryMb !== null;
  const hasVolume = volume !== null || resources.volumeGb !== null;
  const isPaid = cost !== null && cost.monthlyRunning >= 0.005;
  return [
    ['Volume', hasVolume ? bytesText(volume, style) : null],
    ['Memory', hasMemory ? (isAwake ? bytesText(memory, style) : unknown('it does not run', style)) : null],
    ['This month', isPaid ? monthText(month, cost.currency, style, costCommand) : null],
  ];
}

function bytesText(used: EnvironmentUsage['volume'], style: Style): string {
  if (used === null) return unknown('the platform does not tell', style);
  const { usedBytes, totalBytes } = used;
  const share = totalBytes === 0 ? 0 : usedBytes / totalBytes;
  return `${bar(share, style)}${sizeText(usedBytes)} of ${sizeText(totalBytes)} used (${percent(share)})`;
}

function monthText(month: EnvironmentUsage['month'], currency: string, style: Style, costCommand?: string): string {
  const more = costCommand === undefined ? '' : ` here; ${costCommand} looks further back`;
  if (month === null) return unknown(`how long it has run is not told${more}`, style);
  const share = month.atMost === 0 ? 0 : month.spent / month.atMost;
  const [spent, atMost] = [money(month.spent, currency), money(month.atMost, currency)];
  return month.isAtLeast === true
    ? `${bar(share, style)}at least ${spent} so far; at most ${atMost}${costCommand === undefined ? '' : `; ${costCommand} looks further back`}`
    : `${bar(share, style)}${spent} so far, at most ${atMost}`;
}

function unknown(why: string, style: Style): string {
  return style.dim(`unknown: ${why}`);
}

/** `███████░░░░░░░░░ `; empty where there is no terminal, or no room on it. */
function bar(share: number, style: Style): string {
  if (!Number.isFinite(style.measure) || style.measure < WIDE_ENOUGH) return '';
  const whole = Math.min(1, Math.max(0, share));
  // Whatever is not nothing is seen.
  const filled = whole === 0 ? 0 : Math.max(1, Math.round(whole * BAR_COLUMNS));
  const paint = whole >= 0.9 ? style.red : whole >= 0.75 ? style.magenta : style.green;
  return `${paint('█'.repeat(filled))}${style.dim('░'.repeat(BAR_COLUMNS - filled))} `;
}

/** `3.2 GB`, `30 GB`, `412 MB` */
function sizeText(bytes: number): string {
  if (bytes < GB) return `${Math.round(bytes / MB)} MB`;
  const gb = bytes / GB;
  return `${gb >= 100 || Number.isInteger(gb) ? Math.round(gb) : gb.toFixed(1)} GB`;
}

/** `11 %`, `<1 %` */
function percent(share: number): string {
  const value = share * 100;
  return value > 0 && value < 1 ? '<1 %' : `${Math.round(value)} %`;
}
