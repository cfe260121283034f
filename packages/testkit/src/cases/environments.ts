import assert from 'node:assert/strict';
import type { EnvironmentListing, EnvironmentSpec, ListedEnvironment } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertJson, assertSindriError } from '../expectations.js';
import { assertReadOnly } from '../read-only.js';
import { isIsoTime } from './observe.js';
import { goDown, stateOf } from './power.js';

export const environmentsCases: readonly PlatformCase[] = [
  {
    name: 'environments: what was deployed is listed, and gone after a destroy',
    platform: true,
    needs: ['environments'],
    async run(bench) {
      assert.equal(find(await list(bench), bench.spec), undefined, 'nothing was deployed yet');
      await bench.deploy();
      const listed = find(await list(bench), bench.spec);
      assert.ok(listed !== undefined, `"${bench.spec.name}" was deployed, and is not in the list`);
      assert.equal(listed.state, 'running', 'it was just deployed');
      await bench.destroy();
      const left = find(await list(bench), bench.spec);
      // Whether something may be left is a case of its own; what is left is no environment any more.
      const isLeftOver = left === undefined || (left.state === 'absent' && left.orphans.length > 0);
      assert.ok(isLeftOver, `it was destroyed, and is in the list as ${left?.state}`);
    },
  },
  {
    name: 'environments: also another one is listed, each once and by name',
    platform: true,
    needs: ['environments'],
    async run(bench) {
      const other: EnvironmentSpec = { ...bench.spec, name: `${bench.spec.name}-2` };
      await bench.deploy();
      try {
        await bench.deploy({ spec: other });
        const listing = await list(bench);
        assertJson(listing, 'the list of environments');
        for (const { name } of [bench.spec, other]) {
          const same = listing.environments.filter((item) => item.name === name);
          assert.equal(same.length, 1, `"${name}" was deployed, and is ${same.length} times in the list`);
        }
        const names = listing.environments.map(({ name }) => name);
        assert.deepEqual(names, [...names].sort(), 'the list is sorted by name');
        for (const item of listing.environments) assertWhole(item);
      } finally {
        const seen = await bench.observe({ spec: other });
        await bench.perform(bench.plan('destroy', seen, { spec: other }).changes, seen, { spec: other });
      }
    },
  },
  {
    name: 'environments: what carries no mark is not listed',
    platform: true,
    needs: ['environments'],
    async run(bench) {
      if (bench.rig.addStranger === undefined) {
        bench.note('The rig cannot add things of somebody else; only what was deployed was looked for.');
        return;
      }
      await bench.rig.addStranger();
      assert.equal(find(await list(bench), bench.spec), undefined, 'it belongs to somebody else');
    },
  },
  {
    name: 'environments: to list them changes nothing, and wakes nothing',
    platform: true,
    needs: ['environments', 'power'],
    leavesDeployed: 'asleep',
    async run(bench) {
      await bench.deploy();
      const { after } = await goDown(bench);
      const listing = await assertReadOnly(bench, 'a list of environments', () => list(bench));
      assert.equal(find(listing, bench.spec)?.state, after, 'what sleeps is listed with its state');
      assert.equal(await stateOf(bench), after);
    },
  },
  {
    name: 'environments: what cannot be read is told',
    platform: true,
    needs: ['environments'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const repair = bench.rig.failReads?.();
      if (repair === undefined) {
        bench.note('The rig cannot make reads fail; only a healthy platform was tried.');
        assert.deepEqual((await list(bench)).unobserved, [], 'on a healthy platform everything can be read');
        return;
      }
      try {
        const { environments, unobserved } = await list(bench);
        const told = unobserved.length > 0 && unobserved.every((text) => /\S/.test(text));
        assert.ok(told, `nothing could be read, and the list of ${environments.length} does not say so`);
      } catch (error) {
        assertSindriError(error, 'a list of environments while reads fail');
      } finally {
        repair();
      }
      assert.deepEqual((await list(bench)).unobserved, [], 'on a healthy platform everything can be read');
    },
  },
];

async function list({ provider, context }: Bench): Promise<EnvironmentListing> {
  assert.ok(provider.environments !== undefined, 'the provider declares "environments" and has no such member');
  return provider.environments(context());
}

function find({ environments }: EnvironmentListing, { name }: EnvironmentSpec): ListedEnvironment | undefined {
  return environments.find((item) => item.name === name);
}

function assertWhole({ name, platformName, region, resources, owner, createdAt, orphans }: ListedEnvironment): void {
  assert.match(platformName, /\S/, `${name}: what it is called at the platform`);
  for (const [what, text] of Object.entries({ region, owner })) {
    assert.ok(text === null || /\S/.test(text), `${name}: "${what}" is a name, or null`);
  }
  for (const [what, amount] of Object.entries(resources)) {
    assert.ok(amount === null || amount > 0, `${name}: "${what}" is an amount, or null where there is none`);
  }
  assert.ok(createdAt === null || isIsoTime(createdAt), `${name}: "${String(createdAt)}" is no ISO 8601 time`);
  for (const text of orphans) assert.match(text, /\S/, `${name}: what is left over is told in words`);
}
