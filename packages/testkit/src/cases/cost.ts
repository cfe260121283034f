import assert from 'node:assert/strict';
import type { CostReport } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertJson } from '../expectations.js';
import { assertReadOnly } from '../read-only.js';
import { goDown, stateOf } from './power.js';

/** Where to run: what decides the price of many platforms. */
export const regionsCases: readonly PlatformCase[] = [
  {
    name: 'regions: are listed once each, the nearest first, and to ask changes nothing',
    platform: true,
    needs: ['regions'],
    async run(bench) {
      const { provider } = bench;
      const listed = await assertReadOnly(bench, 'a list of regions', () => {
        assert.ok(provider.regions !== undefined, 'the provider declares "regions" and has no such member');
        return provider.regions(bench.context());
      });
      assert.ok(listed.length > 0, 'there is no region at all');
      assertJson(listed, 'the list of regions');
      for (const { code, name } of listed) assert.match(`${code} ${name}`, /\S \S/, 'a region has a code and a name');
      const codes = listed.map(({ code }) => code);
      assert.equal(new Set(codes).size, codes.length, 'a region is listed twice');
      const known = listed.flatMap(({ distanceKm }) => (distanceKm === null ? [] : [distanceKm]));
      const isSorted = known.every((km, index) => km >= (known[index - 1] ?? 0));
      assert.ok(isSorted, 'the nearest region comes first');
    },
  },
];

export const costCases: readonly PlatformCase[] = [
  {
    name: 'cost: first the bill of a deploy, then of what is there, and again after a destroy',
    platform: true,
    needs: ['cost'],
    async run(bench) {
      const first = bench.plan('deploy', await bench.observe()).cost;
      const before = await report(bench);
      assert.equal(before.of, 'config', 'nothing is there yet');
      if (first !== null) {
        assertSame(before.monthlyRunning, first.monthlyRunning, 'the bill, and the plan of a first deploy');
      }
      await bench.deploy();
      const after = await report(bench);
      assert.equal(after.of, 'deployed', 'it was just deployed');
      const summed = (await bench.summary()).cost;
      if (summed !== null) {
        assert.ok(
          after.monthlyRunning > summed.monthlyRunning - CENT,
          `the bill says ${after.monthlyRunning}, and the summary says ${summed.monthlyRunning}`,
        );
      }
      await bench.destroy();
      assert.equal((await report(bench)).of, 'config', 'it was destroyed');
    },
  },
  {
    name: 'cost: the lines add up, and say what they are',
    platform: true,
    needs: ['cost'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const bill = await report(bench);
      assertJson(bill, 'the bill');
      const total = (part: (item: CostReport['items'][number]) => number): number =>
        bill.items.reduce((sum, item) => sum + part(item), 0);
      assertSame(
        total(({ monthly }) => monthly),
        bill.monthlyRunning,
        'the lines, and their sum',
      );
      if (bill.monthlyIdle !== null) {
        assertSame(
          total(({ monthly, monthlyIdle = monthly }) => monthlyIdle),
          bill.monthlyIdle,
          'the lines, and their sum asleep',
        );
      }
      for (const { title } of [...bill.items, ...bill.rates]) assert.match(title, /\S/, 'a line says what it is for');
      const { pricesAsOf, soFar } = bill;
      assert.ok(pricesAsOf === null || /^\d{4}-\d\d-\d\d$/.test(pricesAsOf), `"${pricesAsOf}" is no day`);
      assert.ok(bill.monthlyRunning < CENT || pricesAsOf !== null, 'what costs something has prices of some day');
      if (soFar !== null) {
        assert.match(soFar.month, /^\d{4}-\d\d$/, 'the month of what was spent');
        assert.ok(soFar.spent >= 0, 'what was spent is nothing, or more');
      }
    },
  },
  {
    name: 'cost: a larger volume costs what its plan said',
    platform: true,
    needs: ['cost', 'volumes'],
    needsIntents: ['volume.extend'],
    async run(bench) {
      const deployed = await bench.deploy();
      const { volumeGb } = bench.provider.summarize(bench.spec, deployed).resources;
      const before = await report(bench);
      const { changes } = bench.plan({ intent: 'volume.extend', sizeGb: (volumeGb ?? 0) + 10 }, deployed);
      const delta = changes.reduce<number | null>(
        (sum, { monthlyCostDelta }) => (sum === null || monthlyCostDelta === null ? null : sum + monthlyCostDelta),
        0,
      );
      await bench.perform(changes, deployed);
      if (delta === null) {
        bench.note('The plan does not tell what a larger volume costs; whether the bill follows was not looked at.');
        return;
      }
      const after = await report(bench);
      assertSame(after.monthlyRunning - before.monthlyRunning, delta, 'the difference of the bill, and of the plan');
    },
  },
  {
    name: 'cost: to ask changes nothing, and wakes nothing',
    platform: true,
    needs: ['cost', 'power'],
    leavesDeployed: 'asleep',
    async run(bench) {
      await bench.deploy();
      const { after } = await goDown(bench);
      await assertReadOnly(bench, 'a look at the bill', () => report(bench));
      assert.equal(await stateOf(bench), after);
    },
  },
];

/** What a sum may be off by: each line is rounded. */
const CENT = 0.015;

function assertSame(one: number, other: number, what: string): void {
  assert.ok(Math.abs(one - other) < CENT, `${what}: ${one} and ${other}`);
}

async function report({ provider, spec, context }: Bench): Promise<CostReport> {
  assert.ok(provider.cost !== undefined, 'the provider declares "cost" and has no such member');
  return provider.cost(spec, context());
}
