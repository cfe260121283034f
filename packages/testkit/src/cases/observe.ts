import assert from 'node:assert/strict';
import type { Observation } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertJson, describeThrown } from '../expectations.js';
import { assertReadOnly } from '../read-only.js';

export const observeCases: readonly PlatformCase[] = [
  {
    name: 'observe: an environment that does not exist is absent, not an error',
    platform: true,
    async run(bench) {
      const observation = await bench.observe();
      const others = observation.resources.filter(({ status }) => status !== 'absent');
      assert.deepEqual(others, [], 'nothing of the environment exists yet');
    },
  },
  {
    name: 'observe: an observation is whole, and JSON',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      assertWhole(await bench.untouched(), bench);
      assertWhole(await bench.deploy(), bench);
    },
  },
  {
    name: 'observe: what was deployed is present',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      const { resources } = await bench.deploy();
      const present = resources.filter(({ status }) => status === 'present');
      assert.notDeepEqual(present, [], 'something must be present after a deploy');
      const unseen = resources.filter(({ status }) => status === 'unobserved');
      assert.deepEqual(unseen, [], 'on a healthy platform everything can be read');
      for (const { id, data } of present) assert.equal(typeof data, 'object', `${id} is present, so it needs data`);
    },
  },
  {
    name: 'observe: changes nothing',
    platform: true,
    async run(bench) {
      await assertReadOnly(bench, 'observe, of nothing,', () => bench.observe());
      await bench.deploy();
      await assertReadOnly(bench, 'observe', () => bench.observe());
    },
  },
  {
    name: 'observe: a look for a summary leads to the same summary',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const summarize = async (request?: { purpose: 'summary' }) => {
        const { state, image, addresses, resources } = bench.provider.summarize(
          bench.spec,
          await bench.observe(request === undefined ? {} : { request }),
        );
        return { state, image, addresses, resources };
      };
      assert.deepEqual(await summarize({ purpose: 'summary' }), await summarize());
    },
  },
  {
    name: 'observe: what cannot be read is never absent',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      const healthy = await bench.deploy();
      const { provider, spec, rig } = bench;
      await assertNothingVanishes(healthy, 'without credentials', () =>
        provider.observe(spec, bench.contextWithoutCredentials()),
      );
      if (rig.failReads === undefined) {
        bench.note('The rig cannot make reads fail; only missing credentials were tried.');
        return;
      }
      const repair = rig.failReads();
      try {
        await assertNothingVanishes(healthy, 'while reads fail', () => bench.observe());
      } finally {
        repair();
      }
    },
  },
];

function assertWhole(observation: Observation, { provider, spec }: Bench): void {
  assertJson(observation, 'the observation');
  assert.equal(observation.environment, spec.name, 'an observation names its environment');
  assert.equal(observation.provider, provider.name, 'an observation names its provider');
  assert.ok(isIsoTime(observation.observedAt), `observedAt must be an ISO 8601 time, not "${observation.observedAt}"`);
  assert.equal(typeof observation.facts, 'object', 'an observation has facts, be they {}');
  const ids = observation.resources.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, `every resource needs an id of its own: ${ids.join(', ')}`);
  for (const { id, type, name, status } of observation.resources) {
    assert.ok(type !== '' && name !== '', `${id} needs a type and a name`);
    assert.ok(['present', 'absent', 'unobserved'].includes(status), `${id}: "${status}" is no status`);
  }
}

/** A rejection is a fine answer: then nobody plans. */
async function assertNothingVanishes(
  healthy: Observation,
  when: string,
  look: () => Promise<Observation>,
): Promise<void> {
  let seen: Observation;
  try {
    seen = await look();
  } catch (error) {
    assert.ok(error instanceof Error || typeof error === 'object', `${when}: threw ${describeThrown(error)}`);
    return;
  }
  const there = healthy.resources.filter(({ status }) => status === 'present').map(({ id }) => id);
  const vanished = seen.resources.filter(({ id, status }) => status === 'absent' && there.includes(id));
  assert.deepEqual(
    vanished.map(({ id }) => id),
    [],
    `${when}, what exists must be unobserved or the look must fail`,
  );
  const forgotten = there.filter((id) => !seen.resources.some((resource) => resource.id === id));
  assert.deepEqual(forgotten, [], `${when}, what exists must not be left out either`);
}

export function isIsoTime(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) && !Number.isNaN(Date.parse(value));
}
