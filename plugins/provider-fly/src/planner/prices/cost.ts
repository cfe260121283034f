import type { AwakeHours, CostItem, CostSummary } from '@sindri/core';
import { guestText, type Guest } from '../hardware/guest.js';
import {
  cpuPrices,
  dedicatedIpv4Price,
  egressPrices,
  farRegions,
  freeSnapshotGb,
  memoryPricePerGb,
  pricesAsOf,
  regionFactors,
  rootFileSystemGb,
  secondsPerMonth,
  snapshotPricePerGb,
  stoppedRootPricePerGb,
  volumePricePerGb,
} from './price-book.js';

/** What is billed. */
export interface Billable {
  /** `null` = no machine. */
  guest: Guest | null;
  region: string;
  /** A machine beside that one. */
  second?: { guest: Guest; region: string } | undefined;
  /** 0 = no volume. */
  volumeGb: number;
  /** What every other volume has, used or not, in GB. */
  otherVolumesGb?: readonly number[] | undefined;
  dedicatedIpv4s: number;
  /** How long it is awake, where that is known. */
  awake?: AwakeHours | undefined;
}

/** What a line of the bill is for. */
export type BillKind = 'machine' | 'root' | 'second' | 'secondRoot' | 'volume' | 'otherVolumes' | 'ipv4';

/** A line of the bill, with what it is for. */
export interface BillItem extends CostItem {
  kind: BillKind;
}

/** What the price of a machine is made of, in USD a month of running, in its region. */
export interface MachineParts {
  /** The CPUs, with the memory that they include. */
  cpus: number;
  includedMb: number;
  extraMemory: number;
  extraGb: number;
  factor: number;
}

/** `null` where no price is known: GPUs, which Fly no longer sells, and regions that are not in the price book. */
export function machineParts(guest: Guest, region: string): MachineParts | null {
  const factor = Object.hasOwn(regionFactors, region) ? regionFactors[region] : undefined;
  if (guest.gpu !== null || factor === undefined) return null;
  const { perCpu, includedMbPerCpu } = cpuPrices[guest.cpuKind];
  const includedMb = includedMbPerCpu * guest.cpus;
  const extraGb = Math.max(guest.memoryMb - includedMb, 0) / 1024;
  return {
    cpus: perCpu * guest.cpus * secondsPerMonth * factor,
    includedMb,
    extraMemory: memoryPricePerGb * extraGb * secondsPerMonth * factor,
    extraGb,
    factor,
  };
}

/**
 * USD for a machine that runs all month, to the cent. `null` where no price is known, see {@link machineParts}.
 */
export function machineMonthly(guest: Guest, region: string): number | null {
  const parts = machineParts(guest, region);
  return parts === null ? null : cents(parts.cpus + parts.extraMemory);
}

/** USD a month for a volume. */
export function volumeMonthly(sizeGb: number): number {
  return cents(sizeGb * volumePricePerGb);
}

/** USD a month for so many GB of snapshots, as if there were no others in the organization. */
export function snapshotsMonthly(storedGb: number): number {
  return cents(Math.max(0, storedGb - freeSnapshotGb) * snapshotPricePerGb);
}

/** USD for a GB that leaves a region for the internet. */
export function egressPerGb(region: string): number {
  return egressPrices[(Object.hasOwn(farRegions, region) ? farRegions[region] : undefined) ?? 'near'];
}

/**
 * The lines of the monthly bill for `billable`, without egress and snapshots. `null` when a part of it has no known price. A stopped root
 * file system counts at its full size: the bill may be lower.
 */
export function billItems(billable: Billable): BillItem[] | null {
  const { guest, region, second, volumeGb, otherVolumesGb = [], dedicatedIpv4s } = billable;
  const first = guest === null ? [] : machineItems({ guest, region }, ['machine', 'root'], 'stopped machine');
  const others =
    second === undefined ? [] : machineItems(second, ['second', 'secondRoot'], 'second machine while it is stopped');
  if (first === null || others === null) return null;
  const items: BillItem[] = [...first, ...others];
  if (volumeGb > 0) items.push({ kind: 'volume', title: `volume ${volumeGb} GB`, monthly: volumeMonthly(volumeGb) });
  if (otherVolumesGb.length > 0) {
    const count = otherVolumesGb.length === 1 ? '1 more volume' : `${otherVolumesGb.length} more volumes`;
    const gb = sumGb(otherVolumesGb);
    items.push({ kind: 'otherVolumes', title: `${count}, ${gb} GB`, monthly: volumeMonthly(gb) });
  }
  if (dedicatedIpv4s > 0) {
    items.push({
      kind: 'ipv4',
      title: dedicatedIpv4s === 1 ? 'dedicated IPv4' : `${dedicatedIpv4s} dedicated IPv4`,
      monthly: dedicatedIpv4s * dedicatedIpv4Price,
    });
  }
  return items;
}

/** `null` = no price is known. */
function machineItems(
  { guest, region }: { guest: Guest; region: string },
  [kind, rootKind]: readonly [BillKind, BillKind],
  whose: string,
): BillItem[] | null {
  const monthly = machineMonthly(guest, region);
  if (monthly === null) return null;
  const stopped = cents(rootFileSystemGb * stoppedRootPricePerGb);
  const name = kind === 'machine' ? 'machine' : 'second machine';
  const running: BillItem = { kind, title: `${name} ${guestText(guest)} in ${region}`, monthly, monthlyIdle: 0 };
  if (stopped === 0) return [running];
  const title = `root file system of the ${whose}, ${rootFileSystemGb} GB`;
  return [running, { kind: rootKind, title, monthly: 0, monthlyIdle: stopped }];
}

/** GB of several volumes together. */
export function sumGb(sizes: readonly number[]): number {
  return sizes.reduce((sum, gb) => sum + gb, 0);
}

/** What lines add up to: `monthlyRunning`, and with `monthlyIdle` that. */
export function sumOf(items: readonly CostItem[], awake?: AwakeHours): CostSummary {
  return {
    currency: 'USD',
    monthlyRunning: cents(items.reduce((sum, { monthly }) => sum + monthly, 0)),
    monthlyIdle: cents(items.reduce((sum, { monthly, monthlyIdle = monthly }) => sum + monthlyIdle, 0)),
    ...(awake === undefined ? {} : { awake }),
    items: [...items],
    pricesAsOf,
  };
}

/** The monthly bill for `billable`, see {@link billItems}. */
export function costOf(billable: Billable): CostSummary | null {
  const items = billItems(billable);
  return items === null
    ? null
    : sumOf(
        items.map(({ kind: _kind, ...item }) => item),
        billable.awake,
      );
}

/** Rounds to whole cents. */
export function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
