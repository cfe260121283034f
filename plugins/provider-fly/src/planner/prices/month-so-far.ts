import type { EnvironmentUsage } from '@sindri/core';
import { metadataKeys, type MachineData, type VolumeData } from '../../model.js';
import { fromWireGuest } from '../hardware/guest.js';
import { namesakes } from '../observed/evidence.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';
import { awakeSince } from './awake.js';
import { cents, machineMonthly, volumeMonthly, type BillKind } from './cost.js';
import { dedicatedIpv4Price, rootFileSystemGb, secondsPerMonth, stoppedRootPricePerGb } from './price-book.js';

/** What exists, and has cost something this month. */
export interface MonthSubject {
  /** `null` = no machine. */
  machine: MachineData | null;
  second?: MachineData | null;
  volume: Dated | null;
  otherVolumes?: readonly Dated[];
}

type Dated = Pick<VolumeData, 'sizeGb' | 'createdAt'>;

export interface MonthRequest extends MonthSubject {
  /** When all of it was seen, ms since the epoch. */
  nowMs: number;
  dedicatedIpv4s: number;
  /** The bill of a month in which it runs all along. */
  atMost: number;
}

/** What each line of the bill has cost since the first of the month. */
export interface MonthParts {
  /** `2026-11` */
  month: string;
  spent: Record<BillKind, number>;
  /** Nobody tells the whole month: it is this much or more. */
  isAtLeast: boolean;
}

/** Between the order of a machine and its first event. What is shorter has no price. */
const SHORT_MS = 5 * 60_000;

/** What the environment has cost since the first of this month (UTC). `null` where {@link monthParts} is. */
export function monthSoFar(request: MonthRequest): EnvironmentUsage['month'] {
  const parts = monthParts(request);
  if (parts === null) return null;
  const spent = Object.values(parts.spent).reduce((sum, part) => sum + part, 0);
  return {
    month: parts.month,
    spent: cents(spent),
    atMost: request.atMost,
    ...(parts.isAtLeast ? { isAtLeast: true } : {}),
  };
}

/**
 * What has been spent since the first of this month (UTC), by what for, at the size and prices of now. Fly remembers 50 events of a
 * machine and nothing of one that is gone: time that nobody tells of counts as asleep, and a machine before this one not at all, and
 * `isAtLeast` says so. `null` when the events do not fit what is there.
 */
export function monthParts(request: Omit<MonthRequest, 'atMost'>): MonthParts | null {
  const { nowMs, machine, second = null, volume, otherVolumes = [], dedicatedIpv4s } = request;
  if (machine === null) return null;
  const now = new Date(nowMs);
  const firstMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  const ofFirst = machineSpent(machine, firstMs, nowMs);
  const ofSecond = second === null ? nothingSpent : machineSpent(second, firstMs, nowMs);
  const ofVolumes = [...(volume === null ? [] : [volume]), ...otherVolumes].map((one) =>
    volumeSpent(one, firstMs, nowMs),
  );
  if (ofFirst === null || ofSecond === null || ofVolumes.some((spent) => Number.isNaN(spent))) return null;
  const own = volume === null ? 0 : (ofVolumes[0] ?? 0);
  return {
    month: new Date(firstMs).toISOString().slice(0, 7),
    spent: {
      machine: ofFirst.running,
      root: ofFirst.root,
      second: ofSecond.running,
      secondRoot: ofSecond.root,
      volume: own,
      otherVolumes: ofVolumes.reduce((sum, spent) => sum + spent, 0) - own,
      ipv4: dedicatedIpv4s * dedicatedIpv4Price * ofFirst.months,
    },
    isAtLeast: ofFirst.isAtLeast || ofSecond.isAtLeast || hadAnother(machine, volume, firstMs),
  };
}

/** Whether there was a machine before this one within the month: its volume is older, or the machine says so. */
function hadAnother({ createdAt, metadata }: MachineData, volume: Dated | null, firstMs: number): boolean {
  const madeMs = Date.parse(createdAt ?? '');
  if (madeMs <= firstMs) return false;
  return metadata?.[metadataKeys.replaces] !== undefined || Date.parse(volume?.createdAt ?? '') < madeMs - SHORT_MS;
}

/** What {@link monthParts} is asked about, of an observation. */
export function monthSubject({ machine, volume, second }: ObservedEnvironment): MonthSubject {
  const [own = null, ...others] = [...namesakes(dataOf(volume)), ...namesakes(dataOf(second.volume))];
  return { machine: dataOf(machine), second: dataOf(second.machine), volume: own, otherVolumes: others };
}

const nothingSpent = { running: 0, root: 0, months: 0, isAtLeast: false };

/** `months` is how long it has been there this month; `null` when nobody knows. */
function machineSpent(machine: MachineData, firstMs: number, nowMs: number): typeof nothingSpent | null {
  const madeMs = Date.parse(machine.createdAt ?? '');
  const guest = fromWireGuest(machine.config?.['guest']);
  const monthly = guest === null ? null : machineMonthly(guest, machine.region);
  if (monthly === null || Number.isNaN(madeMs)) return null;
  const fromMs = Math.max(firstMs, madeMs);
  const awake = awakeSince(machine, fromMs, nowMs);
  if (awake === null) return null;
  const sinceMade = nowMs - fromMs;
  return {
    running: monthly * months(awake.awakeMs),
    root: rootFileSystemGb * stoppedRootPricePerGb * months(sinceMade - awake.awakeMs),
    months: months(sinceMade),
    isAtLeast: awake.untoldMs > SHORT_MS,
  };
}

/** `NaN` for one that tells no age. */
function volumeSpent({ sizeGb, createdAt }: Dated, firstMs: number, nowMs: number): number {
  return volumeMonthly(sizeGb) * months(nowMs - Math.max(firstMs, Date.parse(createdAt ?? '')));
}

function months(ms: number): number {
  return Math.max(0, ms) / 1000 / secondsPerMonth;
}
