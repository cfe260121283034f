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
 * The monthly bill for `billable`, without egress and snapshots beyond the free 10 GB. `null` when a part of it has no known price. The
 * items add up to `monthlyRunning`, and with `monthlyIdle` to that; a stopped root file system counts at its full size: the bill may be
 * lower.
 */
export function costOf({ guest, region, volumeGb, dedicatedIpv4s }: Billable): CostSummary | null {
  const items: CostItem[] = [];
  if (guest !== null) {
    const monthly = machineMonthly(guest, region);
    if (monthly === null) return null;
    items.push({ title: `machine ${guestText(guest)} in ${region}`, monthly, monthlyIdle: 0 });
    const stopped = cents(rootFileSystemGb * stoppedRootPricePerGb);
    if (stopped > 0) {
      const title = `root file system of the stopped machine, ${rootFileSystemGb} GB`;
      items.push({ title, monthly: 0, monthlyIdle: stopped });
    }
  }
  if (volumeGb > 0) items.push({ title: `volume ${volumeGb} GB`, monthly: volumeMonthly(volumeGb) });
  if (dedicatedIpv4s > 0) {
    items.push({
      title: dedicatedIpv4s === 1 ? 'dedicated IPv4' : `${dedicatedIpv4s} dedicated IPv4`,
      monthly: dedicatedIpv4s * dedicatedIpv4Price,
    });
  }
  return {
    currency: 'USD',
    monthlyRunning: cents(items.reduce((sum, { monthly }) => sum + monthly, 0)),
    monthlyIdle: cents(items.reduce((sum, { monthly, monthlyIdle = monthly }) => sum + monthlyIdle, 0)),
    items,
    pricesAsOf,
  };
}

/** Rounds to whole cents. */
export function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
