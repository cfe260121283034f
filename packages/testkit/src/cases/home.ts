import assert from 'node:assert/strict';
import type { PlatformCase } from '../conformance-case.js';
import { differenceOf } from '../expectations.js';
import { leaveMarker, readMarker } from './inside.js';

export const homeCases: readonly PlatformCase[] = [
  {
    name: 'home: what is in ~ survives every update',
    platform: true,
    needs: ['session'],
    async run(bench) {
      for (const { spec } of bench.variations) {
        const deployed = await bench.deploy();
        await leaveMarker(bench, 'stays');
        const { changes } = bench.plan('deploy', deployed, { spec });
        await bench.perform(changes, deployed, { spec });
        const announced = changes.some(({ impact }) => impact.includes('data-loss'));
        if (!announced) assert.equal(await readMarker(bench), 'stays', `${differenceOf(bench.spec, spec)}: ~ was lost`);
        await bench.destroy();
      }
    },
  },
  {
    name: 'home: a kept volume is all that is left, and the next deploy uses it',
    platform: true,
    needs: ['session'],
    async run(bench) {
      const { resources } = await bench.deploy();
      if (!resources.some(({ type, status }) => type === 'volume' && status === 'present')) {
        bench.note('The provider has no resource of the type "volume"; nothing could be kept.');
        return;
      }
      await leaveMarker(bench, 'kept');
      const left = await bench.destroy({ keep: ['volume'] });
      const { state, kept } = bench.provider.summarize(bench.spec, left);
      assert.equal(state, 'absent', 'a kept volume alone is no environment');
      assert.ok(kept !== undefined && kept.length > 0, 'the summary must name what was kept, in "kept"');
      await bench.deploy();
      assert.equal(await readMarker(bench), 'kept', 'the next deploy must use the kept volume');
    },
  },
];
