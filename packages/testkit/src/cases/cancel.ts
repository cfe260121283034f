import assert from 'node:assert/strict';
import type { PlatformCase } from '../conformance-case.js';
import { assertCancelled, rejectionOf } from '../expectations.js';

export const cancelCases: readonly PlatformCase[] = [
  {
    name: 'cancel: a signal that is already aborted stops a look before it begins',
    platform: true,
    async run(bench) {
      const signal = AbortSignal.abort();
      const before = bench.rig.requests?.().length;
      const error = await rejectionOf(
        bench.provider.observe(bench.spec, bench.context({ signal })),
        'observe with an aborted signal',
      );
      assertCancelled(error, signal, 'observe with an aborted signal');
      assert.equal(bench.rig.requests?.().length, before, 'nothing may be asked of the platform any more');
    },
  },
  {
    name: 'cancel: a signal that is already aborted stops a change before it begins',
    platform: true,
    async run(bench) {
      const observation = await bench.observe();
      const { changes } = bench.plan('deploy', observation);
      const before = await bench.inventory();
      const signal = AbortSignal.abort();
      const error = await rejectionOf(bench.perform(changes, observation, { signal }), 'apply with an aborted signal');
      assertCancelled(error, signal, 'apply with an aborted signal');
      assert.deepEqual(await bench.inventory(), before, 'nothing may be changed any more');
    },
  },
  {
    name: 'cancel: an abort ends a running look',
    platform: true,
    async run(bench) {
      const controller = new AbortController();
      const looking = bench.provider.observe(bench.spec, bench.context({ signal: controller.signal }));
      controller.abort();
      const error = await rejectionOf(looking, 'observe, aborted while it ran,');
      assertCancelled(error, controller.signal, 'observe, aborted while it ran,');
    },
  },
];
