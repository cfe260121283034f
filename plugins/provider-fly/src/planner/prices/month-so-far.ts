import type { EnvironmentUsage } from '@sindri/core';
import type { MachineData, VolumeData } from '../../model.js';
import { fromWireGuest } from '../hardware/guest.js';
import { awakeSince } from './awake.js';
import { cents, machineMonthly, volumeMonthly, type BillKind } from './cost.js';
import { dedicatedIpv4Price, rootFileSystemGb, secondsPerMonth, stoppedRootPricePerGb } from './price-book.js';

export interface MonthRequest {
  /** When all of it was seen, ms since the epoch. */
  nowMs: number;
  machine: MachineData;
  volume: VolumeData | null;
  dedicatedIpv4s: number;
  /** The bill of a month in which it runs all along. */
  atMost: number;
}

/** What each line of the bill has cost since the first of the month. */
export interface MonthParts {
  /** `2026-11` */
  month: string;
  spent: Record<BillKind, number>;
}

/** What the environment has cost since the first of this month (UTC). `null` where {@link monthParts} is. */
export function monthSoFar(request: MonthRequest): EnvironmentUsage['month'] {
  const parts = monthParts(request);
  if (parts === null) return null;
  const spent = Object.values(parts.spent).reduce((sum, part) => sum + part, 0);
  return { month: parts.month, spent: cents(spent), atMost: request.atMost };
}

/**
 * What has been spent since the first of this month (UTC), by what for, at the size and prices of now. `null` when Fly's events do not
 * reach back so far, or do not fit what is there: how long the machine was awake is then nobody's knowledge.
 */
export function monthParts({
  nowMs,
  machine,
  volume,
  dedicatedIpv4s,
}: Omit<MonthRequest, 'atMost'>): MonthParts | null {
  const now = new Date(nowMs);
  const firstMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  const madeMs = Date.parse(machine.createdAt ?? '');
  const volumeMadeMs = volume === null ? nowMs : Date.parse(volume.createdAt ?? '');
  const guest = fromWireGuest(machine.config?.['guest']);
  const monthly = guest === null ? null : machineMonthly(guest, machine.region);
  if (monthly === null || Number.isNaN(madeMs) || Number.isNaN(volumeMadeMs)) return null;
  const fromMs = Math.max(firstMs, madeMs);
  const awakeMs = awakeSince(machine, fromMs, nowMs);
  if (awakeMs === null) return null;
  const part = (ms: number): number => Math.max(0, ms) / 1000 / secondsPerMonth;
  const sinceMade = nowMs - fromMs;
  return {
    month: new Date(firstMs).toISOString().slice(0, 7),
    spent: {
      machine: monthly * part(awakeMs),
      root: rootFileSystemGb * stoppedRootPricePerGb * part(sinceMade - awakeMs),
      volume: volume === null ? 0 : volumeMonthly(volume.sizeGb) * part(nowMs - Math.max(firstMs, volumeMadeMs)),
      ipv4: dedicatedIpv4s * dedicatedIpv4Price * part(sinceMade),
    },
  };
}
