import { withExpected } from '@sindri/core';
import { costReport } from '../../../src/planner/index.js';
import { FlyWorld } from '../support/fly-world.js';
import { deploy, planOn } from '../support/plans.js';
import { spec } from '../support/specs.js';

const quickStart = spec({ memoryMb: 4096, cpus: 2, sizeGb: 30 });
const nowMs = Date.parse('2026-11-20T00:00:00Z');
const reportOn = (world: FlyWorld, wanted = quickStart, snapshotsGb: number | null = 0) =>
  costReport({ spec: wanted, observation: world.observe(wanted), nowMs, snapshotsGb });

describe('the bill of an environment', () => {
  it('before a first deploy is that of its plan, with how each line comes about', () => {
    const report = reportOn(new FlyWorld());
    expect(report).toMatchObject({ of: 'config', monthlyRunning: 34.78, monthlyIdle: 5.7, soFar: null });
    expect(report?.items.map(({ title, explanation }) => [title, explanation])).toEqual([
      [
        'machine shared-cpu-2x 4 GB in sjc',
        '2 shared CPUs with 512 MB $5.23, 3.5 GB more memory $25.05 (the base price times 1.192 in sjc)',
      ],
      [
        'root file system of the stopped machine, 8 GB',
        '$0.15 a GB while it does not run; at most 8 GB, for only what the image takes is billed',
      ],
      ['volume 30 GB', '30 GB at $0.15, full or empty, used or not'],
    ]);
    expect(report?.rates.map(({ title, price, unit }) => [title, price, unit])).toEqual([
      ['outbound data from sjc', 0.02, 'GB'],
      ['snapshots', 0.08, 'GB and month'],
    ]);
  });

  it('of what is there has the sums of the plan, and the snapshots on top', () => {
    const world = new FlyWorld();
    deploy(world, quickStart);
    const { monthlyRunning = 0 } = planOn(world, quickStart).cost ?? {};
    expect(reportOn(world)).toMatchObject({ of: 'deployed', monthlyRunning });
    const stored = reportOn(world, quickStart, 22.5);
    expect(stored?.monthlyRunning).toBe(monthlyRunning + 1);
    expect(stored?.items.at(-1)).toMatchObject({ title: 'snapshots, 22.5 GB stored', monthly: 1 });
  });

  it('is unknown for a GPU', () => {
    expect(reportOn(new FlyWorld(), spec({ memoryMb: 32768, cpus: 8, gpu: { tier: 'gpu-medium' } }))).toBeNull();
  });
});

describe('a plan', () => {
  it('expects a machine that never sleeps to cost all of it', () => {
    const cost = planOn(new FlyWorld(), spec({ fly: { autoStopMachines: false } })).cost;
    expect(cost?.awake).toEqual({ hours: 720, basis: 'always' });
    expect(withExpected(cost as NonNullable<typeof cost>).monthlyExpected).toBe(cost?.monthlyRunning);
  });

  it('carries the budget of the config, and none without one', () => {
    expect(planOn(new FlyWorld(), spec({ fly: { budget: 15 } })).budget).toEqual({ monthly: 15, of: 'always-on' });
    const expected = spec({ fly: { budget: 15, budgetFigure: 'expected' } });
    expect(planOn(new FlyWorld(), expected).budget).toEqual({ monthly: 15, of: 'expected' });
    expect(planOn(new FlyWorld(), quickStart)).not.toHaveProperty('budget');
  });
});
