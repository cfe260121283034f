import assert from 'node:assert/strict';
import type { ApplyResult } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertJson, listChanges } from '../expectations.js';

/** More than any small environment has; a provider that never converges must not run for ever. */
const MAXIMUM_INTERRUPTIONS = 100;

export const applyCases: readonly PlatformCase[] = [
  {
    name: 'apply: after a deploy there is nothing left to do',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      const deployed = await bench.deploy();
      assert.equal(listChanges(bench.plan('deploy', deployed).changes), 'nothing');
    },
  },
  {
    name: 'apply: repeating a change is safe',
    platform: true,
    async run(bench) {
      const expected = await referenceInventory(bench);
      await bench.deploy({ times: 2 });
      assert.deepEqual(await bench.inventory(), expected, 'every change applied twice must lead to the same things');
    },
  },
  {
    name: 'apply: an interrupted run is continued by the next one',
    platform: true,
    async run(bench) {
      const expected = await referenceInventory(bench);
      const observation = await bench.observe();
      const count = bench.plan('deploy', observation).changes.length;
      for (let index = 0; index < count; index++) {
        await interruptAtChange(bench, index);
        await bench.deploy();
        const when = `after an interruption during change ${index + 1} of ${count}`;
        assert.deepEqual(await bench.inventory(), expected, when);
        await bench.destroy();
      }
      await interruptAtWrites(bench, expected);
    },
  },
  {
    name: 'apply: independent changes may run at the same time',
    platform: true,
    async run(bench) {
      const expected = await referenceInventory(bench);
      await bench.deploy({ parallel: true });
      assert.deepEqual(await bench.inventory(), expected);
    },
  },
  {
    name: 'apply: says how each change ended and what is now there',
    platform: true,
    async run(bench) {
      const before = await bench.observe();
      const { changes } = bench.plan('deploy', before);
      assertResults(await bench.perform(changes, before, { times: 2 }));
    },
  },
  {
    name: 'apply: leaves the telling of starts and ends to core',
    platform: true,
    async run(bench) {
      const before = await bench.observe();
      const { changes } = bench.plan('deploy', before);
      await bench.perform(changes, before);
      const ids = changes.map(({ id }) => id);
      for (const event of bench.events) {
        const told = ['change.started', 'change.applied', 'change.skipped', 'change.failed'].includes(event.type);
        assert.ok(!told && !event.type.startsWith('operation.'), `${event.type} is core's to emit`);
        if (event.type === 'change.progress') {
          assert.ok(ids.includes(event.change), `progress was told of "${event.change}", which is not in the plan`);
        }
      }
    },
  },
];

/** What a plain deploy leaves; the platform is empty again afterwards. */
async function referenceInventory(bench: Bench): Promise<string[]> {
  await bench.deploy();
  const inventory = await bench.inventory();
  await bench.destroy();
  if (bench.rig.inventory === undefined) {
    bench.note('The rig has no inventory; things that the provider lost sight of would not be noticed.');
  }
  return inventory;
}

/** Aborts while the change at `index` runs: it may still succeed, or reject; nothing after it starts. */
async function interruptAtChange(bench: Bench, index: number): Promise<void> {
  const controller = new AbortController();
  const before = (_change: unknown, current: number): void => {
    if (current > index) throw controller.signal.reason;
    // The call has begun by then: promise reactions run after the synchronous part of apply.
    if (current === index) queueMicrotask(() => controller.abort());
  };
  await bench.deploy({ before, signal: controller.signal }).catch(() => undefined);
}

/** The finer way, where the rig can do it: at every single write, with its answer lost. */
async function interruptAtWrites(bench: Bench, expected: readonly string[]): Promise<void> {
  const { rig } = bench;
  if (rig.interruptAfter === undefined) {
    bench.note('The rig cannot interrupt after a write; runs were interrupted between changes only.');
    return;
  }
  for (let writes = 1; writes <= MAXIMUM_INTERRUPTIONS; writes++) {
    const signal = rig.interruptAfter(writes);
    await bench.deploy({ signal }).catch(() => undefined);
    const finished = !signal.aborted;
    // What was not struck must not strike the clean-up.
    if (finished) rig.interruptAfter(Number.POSITIVE_INFINITY);
    await bench.deploy();
    assert.deepEqual(await bench.inventory(), expected, `after an interruption at write ${writes}`);
    await bench.destroy();
    if (finished) return;
  }
  assert.fail(`a deploy takes more than ${MAXIMUM_INTERRUPTIONS} writes`);
}

function assertResults(results: readonly ApplyResult[]): void {
  for (const result of results) {
    assert.ok(result?.status === 'applied' || result?.status === 'skipped', `a change ended as "${result?.status}"`);
    if (result.status === 'skipped') assert.match(result.reason ?? '', /\S/, 'a skipped change must say why');
    assert.equal(typeof result.result, 'object', 'a change must return what is now there, be it {}');
    assertJson(result, 'the result of a change');
  }
}
