import {
  costOf,
  egressPerGb,
  machineMonthly,
  snapshotsMonthly,
  volumeMonthly,
} from '../../../src/planner/prices/cost.js';
import type { Guest } from '../../../src/planner/hardware/guest.js';
import { knownRegions } from '../../../src/planner/regions/known-regions.js';

const guest = (cpuKind: Guest['cpuKind'], cpus: number, memoryMb: number): Guest => ({
  cpuKind,
  cpus,
  memoryMb,
  gpu: null,
});

describe('the monthly price of a machine', () => {
  // The table of the platform facts: base regions, sjc, fra.
  it.each<[Guest, number, number, number]>([
    [guest('shared', 1, 256), 2.19, 2.62, 2.53],
    [guest('shared', 1, 512), 3.69, 4.41, 4.26],
    [guest('shared', 1, 1024), 6.7, 7.98, 7.73],
    [guest('shared', 1, 2048), 12.7, 15.14, 14.65],
    [guest('shared', 2, 512), 4.39, 5.23, 5.06],
    [guest('shared', 2, 2048), 13.39, 15.97, 15.45],
    [guest('shared', 2, 4096), 25.4, 30.28, 29.31],
    [guest('shared', 4, 8192), 50.8, 60.57, 58.61],
    [guest('performance', 1, 2048), 33.0, 39.35, 38.08],
    [guest('performance', 1, 4096), 45.01, 53.66, 51.93],
    [guest('performance', 1, 8192), 69.02, 82.29, 79.64],
    [guest('performance', 2, 4096), 66.0, 78.7, 76.16],
    [guest('performance', 2, 8192), 90.01, 107.33, 103.86],
    [guest('performance', 4, 8192), 132.01, 157.39, 152.31],
    [guest('performance', 8, 16384), 264.01, 314.78, 304.63],
  ])('%j', (size, base, sjc, fra) => {
    expect(machineMonthly(size, 'iad')).toBe(base);
    expect(machineMonthly(size, 'ewr')).toBe(base);
    expect(machineMonthly(size, 'sjc')).toBe(sjc);
    expect(machineMonthly(size, 'fra')).toBe(fra);
  });

  it('is known in every region, and unknown for GPUs and other places', () => {
    expect(knownRegions.map(({ code }) => machineMonthly(guest('shared', 1, 256), code))).not.toContain(null);
    expect(machineMonthly({ ...guest('performance', 8, 32768), gpu: { kind: 'l40s', count: 1 } }, 'ord')).toBeNull();
    expect(machineMonthly(guest('shared', 1, 256), 'bom')).toBeNull();
  });
});

// Fly's page of prices has examples of what an app costs, in November 2026.
describe("the examples of Fly's own page", () => {
  const sum = (parts: readonly (number | null)[]): number =>
    Math.round(parts.reduce<number>((total, part) => total + (part ?? Number.NaN), 0) * 100) / 100;

  it('a small web app: its machine and its volume of 10 GB are $5.19, and 10 GB of egress $0.20', () => {
    const { monthlyRunning = 0 } =
      costOf({ guest: guest('shared', 1, 512), region: 'iad', volumeGb: 10, dedicatedIpv4s: 0 }) ?? {};
    expect(monthlyRunning).toBe(5.19);
    expect(sum([monthlyRunning, snapshotsMonthly(10), 10 * egressPerGb('iad')])).toBe(5.39);
  });

  it('a worker that runs day and night, with 1 GB of egress: $2.21', () => {
    expect(sum([machineMonthly(guest('shared', 1, 256), 'iad'), egressPerGb('iad')])).toBe(2.21);
  });

  it('an app in three regions, without what its machines send one another: $26.93', () => {
    const machines = ['iad', 'fra', 'sin'].map((region) => machineMonthly(guest('shared', 1, 1024), region));
    expect(machines).toEqual([6.7, 7.73, 8.5]);
    const egress = [50 * egressPerGb('iad'), 50 * egressPerGb('fra'), 50 * egressPerGb('sin')];
    expect(sum([...machines, ...egress])).toBe(26.93);
  });

  it('snapshots are paid beyond 10 GB, and egress by the part of the world', () => {
    expect([10, 12.5, 0].map(snapshotsMonthly)).toEqual([0, 0.2, 0]);
    expect(['syd', 'gru', 'jnb', 'ams'].map(egressPerGb)).toEqual([0.04, 0.04, 0.12, 0.02]);
  });
});

describe('the monthly bill', () => {
  it('of the Quick Start: machine and volume, less while it sleeps', () => {
    expect(costOf({ guest: guest('shared', 2, 4096), region: 'sjc', volumeGb: 30, dedicatedIpv4s: 0 })).toEqual({
      currency: 'USD',
      monthlyRunning: 34.78,
      monthlyIdle: 5.7,
      items: [
        { title: 'machine shared-cpu-2x 4 GB in sjc', monthly: 30.28, monthlyIdle: 0 },
        { title: 'root file system of the stopped machine, 8 GB', monthly: 0, monthlyIdle: 1.2 },
        { title: 'volume 30 GB', monthly: 4.5 },
      ],
      pricesAsOf: '2026-11-01',
    });
  });

  it('counts every dedicated IPv4', () => {
    const cost = costOf({ guest: guest('shared', 1, 256), region: 'iad', volumeGb: 1, dedicatedIpv4s: 2 });
    expect(cost).toMatchObject({ monthlyRunning: 6.34, monthlyIdle: 5.35 });
    expect(cost?.items.at(-1)).toEqual({ title: '2 dedicated IPv4', monthly: 4 });
  });

  it('is nothing for nothing, and unknown when a part is', () => {
    expect(costOf({ guest: null, region: 'iad', volumeGb: 0, dedicatedIpv4s: 0 })).toMatchObject({
      monthlyRunning: 0,
      monthlyIdle: 0,
      items: [],
    });
    expect(costOf({ guest: guest('shared', 1, 256), region: 'xxx', volumeGb: 1, dedicatedIpv4s: 0 })).toBeNull();
    expect(volumeMonthly(30)).toBe(4.5);
  });
});
