import assert from 'node:assert/strict';
import { isSindriError, type Observation, type ProviderPlan } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { listChanges } from '../expectations.js';
import { noSecrets } from '../secrets.js';

export const destroyCases: readonly PlatformCase[] = [
  {
    name: 'destroy: leaves nothing, and then there is nothing to destroy',
    platform: true,
    async run(bench) {
      const before = await bench.inventory();
      assert.equal(
        listChanges(bench.plan('destroy', await bench.observe()).changes),
        'nothing',
        'nothing was deployed',
      );
      await bench.deploy();
      const gone = await bench.destroy();
      assert.deepEqual(await bench.inventory(), before, 'something was left behind');
      assert.equal(listChanges(bench.plan('destroy', gone).changes), 'nothing', 'all was just destroyed');
    },
  },
  {
    name: 'destroy: is safe to repeat',
    platform: true,
    async run(bench) {
      await bench.deploy();
      await bench.destroy({ times: 2 });
    },
  },
  {
    name: 'destroy: needs no secrets',
    platform: true,
    async run(bench) {
      await bench.deploy();
      await bench.destroy({ secrets: noSecrets() });
    },
  },
  {
    name: 'destroy: touches only what carries the mark',
    platform: true,
    async run(bench) {
      const deployed = await bench.deploy();
      const strange = {
        ...deployed,
        resources: deployed.resources.map((item) => (item.status === 'present' ? { ...item, owned: false } : item)),
      };
      assert.equal(listChanges(planDestroy(bench, strange)), 'nothing', 'nothing of this is ours');
      if (bench.rig.addStranger === undefined) {
        bench.note('The rig cannot add things of somebody else; only the marks of an observation were changed.');
        return;
      }
      await bench.destroy();
      await bench.rig.addStranger();
      const theirs = await bench.inventory();
      // Both may be refused, for the names are taken; what counts is what is there afterwards.
      await bench.deploy().catch(() => undefined);
      await bench.destroy().catch(() => undefined);
      const left = await bench.inventory();
      for (const thing of theirs) {
        assert.ok(left.includes(thing), `"${thing}" belongs to somebody else and is gone`);
        left.splice(left.indexOf(thing), 1);
      }
    },
  },
  {
    name: 'destroy: what is kept stays',
    platform: true,
    async run(bench) {
      const deployed = await bench.deploy();
      for (const type of new Set(present(deployed).map((resource) => resource.type))) await assertKept(bench, type);
    },
  },
];

async function assertKept(bench: Bench, type: string): Promise<void> {
  const deployed = await bench.deploy();
  try {
    planDestroy(bench, deployed, [type]);
  } catch (error) {
    const refused = isSindriError(error) && error.kind === 'usage';
    assert.ok(refused, `a type that cannot be kept ("${type}") must be refused with an error of kind "usage"`);
    return;
  }
  const after = await bench.destroy({ keep: [type] });
  const ids = (observation: Observation): string[] =>
    present(observation)
      .filter((resource) => resource.type === type)
      .map(({ id }) => id);
  assert.deepEqual(ids(after), ids(deployed), `"${type}" was to be kept`);
}

function present(observation: Observation): Observation['resources'] {
  return observation.resources.filter(({ status }) => status === 'present');
}

function planDestroy(bench: Bench, observation: Observation, keep?: string[]): ProviderPlan['changes'] {
  return bench.plan('destroy', observation, keep === undefined ? {} : { keep }).changes;
}
