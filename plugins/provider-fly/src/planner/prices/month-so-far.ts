import type { EnvironmentUsage } from '@sindri/core';
import type { MachineData, MachineEventData, VolumeData } from '../../model.js';
import { fromWireGuest } from '../hardware/guest.js';
import { cents, machineMonthly, volumeMonthly } from './cost.js';
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

/**
 * What the environment has cost since the first of this month (UTC), at its size and prices of now. `null` when Fly's events do not
 * reach back so far, or do not fit what is there: how long the machine was awake is then nobody's knowledge.
 */
export function monthSoFar({
  nowMs,
  machine,
  volume,
  dedicatedIpv4s,
  atMost,
}: MonthRequest): EnvironmentUsage['month'] {
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
  const spent =
    monthly * part(awakeMs) +
    rootFileSystemGb * stoppedRootPricePerGb * part(sinceMade - awakeMs) +
    (volume === null ? 0 : volumeMonthly(volume.sizeGb) * part(nowMs - Math.max(firstMs, volumeMadeMs))) +
    dedicatedIpv4s * dedicatedIpv4Price * part(sinceMade);
  return { month: new Date(firstMs).toISOString().slice(0, 7), spent: cents(spent), atMost };
}

/** For how many ms of the time since `fromMs` the machine ran. `null` when its events do not tell. */
function awakeSince({ events, state, createdAt }: MachineData, fromMs: number, nowMs: number): number | null {
  const told = [...events].sort((a, b) => a.timestamp - b.timestamp);
  const [first] = told;
  // The list of events is cut at its old end: it has to begin with the launch, or before the month.
  const reachesBack = first !== undefined && (first.type === 'launch' || first.timestamp <= fromMs);
  if (!reachesBack) return null;
  let isUp: boolean | null = first.type === 'launch' ? false : null;
  let sinceMs = Date.parse(createdAt ?? '');
  let awakeMs = 0;
  for (const event of told) {
    const next = runsAfter(event);
    if (next === null) continue;
    // What came before is not known, and lies in this month.
    if (isUp === null && event.timestamp > fromMs) return null;
    if (isUp === true) awakeMs += Math.max(0, event.timestamp - Math.max(sinceMs, fromMs));
    isUp = next;
    sinceMs = event.timestamp;
  }
  if (isUp === null || isUp !== (state === 'started')) return null;
  return isUp ? awakeMs + Math.max(0, nowMs - Math.max(sinceMs, fromMs)) : awakeMs;
}

/** Whether a machine runs after an event; `null` when that is as before. */
function runsAfter({ type, status }: MachineEventData): boolean | null {
  if (status === 'started') return true;
  if (type === 'exit' || status === 'stopped' || status === 'suspended' || status === 'failed') return false;
  return null;
}
