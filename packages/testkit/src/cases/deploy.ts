import assert from 'node:assert/strict';
import type { PlatformCase } from '../conformance-case.js';
import { assertSindriError, listChanges, rejectionOf } from '../expectations.js';
import { goDown } from './power.js';

export const deployCases: readonly PlatformCase[] = [
  {
    name: 'deploy: what sleeps and matches stays asleep',
    platform: true,
    needs: ['power'],
    leavesDeployed: 'asleep',
    async run(bench) {
      await bench.deploy();
      const { after } = await goDown(bench);
      const asleep = await bench.observe();
      assert.equal(listChanges(bench.plan('deploy', asleep).changes), 'nothing', 'it matches the config');
      assert.equal(bench.provider.summarize(bench.spec, asleep).state, after);
    },
  },
  {
    name: 'deploy: a change wakes what sleeps',
    platform: true,
    needs: ['power'],
    async run(bench) {
      let tried = false;
      for (const { spec } of bench.variations) {
        await bench.deploy();
        await goDown(bench);
        const asleep = await bench.observe({ spec });
        const { changes } = bench.plan('deploy', asleep, { spec });
        if (changes.length > 0) {
          tried = true;
          await bench.perform(changes, asleep, { spec });
          const { state } = await bench.summary({ spec });
          assert.equal(state, 'running', 'after a deploy that changed something the environment can be used');
        }
        await bench.destroy();
      }
      if (!tried)
        bench.note('The subject knows no config that makes a difference to this provider; no update was tried.');
    },
  },
  {
    name: 'deploy: what ends right after its start is no success',
    platform: true,
    needsOfSubject: ['crashingConfig'],
    async run(bench) {
      const spec = await bench.specOf(bench.subject.crashingConfig as string);
      const error = await rejectionOf(bench.deploy({ spec }), 'a deploy of what ends right after its start');
      assertSindriError(error, 'a deploy of what ends right after its start');
      const { state, stateReason } = await bench.summary({ spec });
      assert.notEqual(state, 'running', 'it has ended');
      if (state === 'failed') assert.match(stateReason ?? '', /\S/, 'a failed environment needs a "stateReason"');
    },
  },
  {
    name: 'deploy: what has crashed is repaired',
    platform: true,
    needsOfSubject: ['crashingConfig'],
    async run(bench) {
      const spec = await bench.specOf(bench.subject.crashingConfig as string);
      await bench.deploy({ spec }).catch(() => undefined);
      const repaired = await bench.deploy();
      assert.equal(bench.provider.summarize(bench.spec, repaired).state, 'running');
    },
  },
];
