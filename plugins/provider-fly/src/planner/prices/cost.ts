import type { CostItem, CostSummary } from '@sindri/core';
import { guestText, type Guest } from '../hardware/guest.js';
import {
  cpuPrices,
  dedicatedIpv4Price,
  memoryPricePerGb,
  pricesAsOf,
  regionFactors,
  rootFileSystemGb,
  secondsPerMonth,
  stoppedRootPricePerGb,
  volumePricePerGb,
} from './price-book.js';

/** What is billed. */
export interface Billable {
  /** `null` = no machine. */
  guest: Guest | null;
  region: string;
  /** 0 = no volume. */
  volumeGb: number;
  dedicatedIpv4s: number;
}

/**
 * USD for a machine that runs all month, to the cent. `null` where no price is known: GPUs, which Fly no longer sells, and
 * regions that are not in the price book.
 */
export function machineMonthly(guest: Guest, region: string): number | null {
  const factor = Object.hasOwn(regionFactors, region) ? regionFactors[region] : undefined;
  if (guest.gpu !== null || factor === undefined) return null;
  const { perCpu, includedMbPerCpu } = cpuPrices[guest.cpuKind];
  const extraGb = Math.max(guest.memoryMb - includedMbPerCpu * guest.cpus, 0) / 1024;
  return cents((perCpu * guest.cpus + memoryPricePerGb * extraGb) * secondsPerMonth * factor);
}

/** USD a month for a volume. */
export function volumeMonthly(sizeGb: number): number {
  return cents(sizeGb * volumePricePerGb);
}

/**
 * The monthly bill for `billable`, without egress and snapshots beyond the free 10 GB. `null` when a part of it has no known
 * price. The item after the machine is what it costs instead while it is idle, and no part of `monthlyRunning`. `monthlyIdle` counts the root file system at its full size: the bill may be lower.
 */
export function costOf({ guest, region, volumeGb, dedicatedIpv4s }: Billable): CostSummary | null {
  const items: CostItem[] = [];
  if (guest !== null) {
    const monthly = machineMonthly(guest, region);
    if (monthly === null) return null;
    items.push({ title: `machine ${guestText(guest)} in ${region}, running all month`, monthly });
  }
  if (volumeGb > 0) items.push({ title: `volume ${volumeGb} GB`, monthly: volumeMonthly(volumeGb) });
  if (dedicatedIpv4s > 0) {
    items.push({
      title: dedicatedIpv4s === 1 ? 'dedicated IPv4' : `${dedicatedIpv4s} dedicated IPv4`,
      monthly: dedicatedIpv4s * dedicatedIpv4Price,
    });
  }
  const monthlyRunning = cents(items.reduce((sum, { monthly }) => sum + monthly, 0));
  const stopped = guest === null ? 0 : cents(rootFileSystemGb * stoppedRootPricePerGb);
  if (stopped > 0) items.splice(1, 0, { title: idleTitle, monthly: stopped });
  return {
    currency: 'USD',
    monthlyRunning,
    monthlyIdle: cents(volumeMonthly(volumeGb) + dedicatedIpv4s * dedicatedIpv4Price + stopped),
    items,
    pricesAsOf,
  };
}

const idleTitle = `only when idle, instead of the machine: its root file system, ${rootFileSystemGb} GB`;

/** Rounds to whole cents. */
export function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
