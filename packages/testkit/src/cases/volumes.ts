import assert from 'node:assert/strict';
import { isSindriError } from '@sindri/core';
import type { PlatformCase } from '../conformance-case.js';
import { assertSindriError, listChanges } from '../expectations.js';

export const volumesCases: readonly PlatformCase[] = [
  {
    name: 'volumes: an extension makes the volume larger, and lasts',
    platform: true,
    needs: ['volumes'],
    needsIntent: 'volume.extend',
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
    needsIntent: 'volume.extend',
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
];
