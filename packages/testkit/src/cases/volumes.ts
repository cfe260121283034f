import assert from 'node:assert/strict';
import { isSindriError } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertSindriError, listChanges } from '../expectations.js';
import { leaveMarker, readMarker } from './inside.js';
import { assertRefused, snapshotAndRestore } from './snapshots.js';

export const volumesCases: readonly PlatformCase[] = [
  {
    name: 'volumes: an extension makes the volume larger, and lasts',
    platform: true,
    needs: ['volumes'],
    needsIntents: ['volume.extend'],
    async run(bench) {
      const deployed = await bench.deploy();
      const before = bench.provider.summarize(bench.spec, deployed).resources.volumeGb;
      assert.ok(before !== null, 'a provider that extends volumes tells their size in the summary');
      const intent = { intent: 'volume.extend', sizeGb: before + 5 } as const;
      const { changes } = bench.plan(intent, deployed);
      assert.notEqual(listChanges(changes), 'nothing', 'a larger volume is wanted, but the plan is empty');
      await bench.perform(changes, deployed);
      const after = await bench.observe();
      const { volumeGb } = bench.provider.summarize(bench.spec, after).resources;
      assert.ok(
        volumeGb !== null && volumeGb >= intent.sizeGb,
        `${intent.sizeGb} GB were asked for, it has ${volumeGb}`,
      );
      assert.equal(listChanges(bench.plan(intent, after).changes), 'nothing', 'it was just applied');
      assert.equal(listChanges(bench.plan('deploy', after).changes), 'nothing', 'a deploy must not take it back');
    },
  },
  {
    name: 'volumes: a smaller size is refused',
    platform: true,
    needs: ['volumes'],
    needsIntents: ['volume.extend'],
    leavesDeployed: true,
    async run(bench) {
      const deployed = await bench.deploy();
      const { volumeGb } = bench.provider.summarize(bench.spec, deployed).resources;
      const sizeGb = (volumeGb ?? 2) / 2;
      let planned: string;
      try {
        planned = listChanges(bench.plan({ intent: 'volume.extend', sizeGb }, deployed).changes);
      } catch (error) {
        assertSindriError(error, 'a volume that is to shrink');
        const refused = isSindriError(error) && (error.kind === 'usage' || error.kind === 'refused');
        assert.ok(refused, `it is of kind "usage" or "refused", not "${error.kind}"`);
        return;
      }
      assert.fail(`a volume of ${volumeGb} GB is to have ${sizeGb} GB, and this was planned: ${planned}`);
    },
  },
  {
    name: 'volumes: where the summary tells them, each has an id of its own, and one is used',
    platform: true,
    needs: ['volumes'],
    leavesDeployed: true,
    async run(bench) {
      const deployed = await bench.deploy();
      const { volumes, resources } = bench.provider.summarize(bench.spec, deployed);
      if (volumes === undefined) return bench.note('The summary does not tell the volumes one by one.');
      const ids = volumes.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, `several volumes have one id: ${ids.join(', ')}`);
      for (const id of ids) assert.match(id, /^\S+$/, 'an id is typed by people: one word');
      const [first] = volumes;
      assert.ok(first !== undefined && first.usedBy !== null, 'the one with the workspace comes first, and is used');
      assert.equal(first.sizeGb, resources.volumeGb, 'it has the size that "resources" tells');
    },
  },
  {
    name: 'volumes: one that is used is never deleted',
    platform: true,
    needs: ['volumes', 'session'],
    needsIntents: ['volume.delete'],
    leavesDeployed: true,
    async run(bench) {
      const { resources } = await bench.deploy();
      await leaveMarker(bench, 'stays');
      const volumes = resources.filter(({ type, status }) => type === 'volume' && status === 'present');
      if (volumes.length === 0) bench.note('The provider has no resource of the type "volume"; none was tried.');
      for (const { name, id } of volumes) {
        for (const volume of new Set([name, id])) await tryDelete(bench, volume);
      }
      assert.equal(await readMarker(bench), 'stays', 'the volume that is used was deleted');
    },
  },
  {
    name: 'volumes: what a restore has left can be deleted, by the words of the summary',
    platform: true,
    needs: ['volumes', 'snapshots', 'session'],
    needsIntents: ['volume.delete', 'snapshot.create', 'snapshot.restore'],
    async run(bench) {
      const deployed = await bench.deploy();
      await snapshotAndRestore(bench);
      const used = await readMarker(bench);
      const { kept = [] } = await bench.summary();
      if (kept.length === 0) bench.note('The summary tells no volume that a restore has left; none was deleted.');
      // `volume home-1, 10 GB`: one of the words is what somebody would type.
      for (const word of kept.flatMap((text) => text.split(/[\s,;:()"'`]+/)).filter((text) => text !== '')) {
        await tryDelete(bench, word);
      }
      const { kept: left = [] } = await bench.summary();
      assert.deepEqual(left, [], 'no word of these deletes the volume with "volume.delete"');
      assert.equal(await readMarker(bench), used, 'the volume that is used must stay');
      const plans = [deployed, await bench.observe()].map((seen) => listChanges(bench.plan('deploy', seen).changes));
      assert.equal(plans[1], plans[0], 'a deploy must not bring it back');
    },
  },
];

/** Deletes a volume. That it is used, or that there is none, is refused; an empty plan will do as well. */
async function tryDelete(bench: Bench, volume: string): Promise<void> {
  const seen = await bench.observe();
  try {
    await bench.perform(bench.plan({ intent: 'volume.delete', volume }, seen).changes, seen);
  } catch (error) {
    assertRefused(error, `a deletion of volume "${volume}"`);
  }
}
