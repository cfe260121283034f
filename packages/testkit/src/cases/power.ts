import assert from 'node:assert/strict';
import type { EnvironmentState, Power, PowerResult } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';

export const powerCases: readonly PlatformCase[] = [
  {
    name: 'power: stop ends it, start brings it back',
    platform: true,
    needs: ['power'],
    needsPower: 'stop',
    async run(bench) {
      await bench.deploy();
      const stopped = await power(bench).stop?.(bench.spec, bench.context());
      assert.deepEqual(stopped, { before: 'running', after: 'stopped' });
      assert.equal(await stateOf(bench), 'stopped');
      assert.deepEqual(await power(bench).start(bench.spec, bench.context()), { before: 'stopped', after: 'running' });
      assert.equal(await stateOf(bench), 'running');
    },
  },
  {
    name: 'power: nothing to do is a success',
    platform: true,
    needs: ['power'],
    async run(bench) {
      await bench.deploy();
      assert.equal((await power(bench).start(bench.spec, bench.context())).after, 'running');
      const down = await goDown(bench);
      assert.equal((await goDown(bench)).after, down.after);
    },
  },
  {
    name: 'power: suspend keeps it, start resumes it',
    platform: true,
    needs: ['power'],
    needsPower: 'suspend',
    async run(bench) {
      await bench.deploy();
      const suspend = async () => (await power(bench).suspend?.(bench.spec, bench.context()))?.after;
      assert.equal(await suspend(), 'suspended');
      assert.equal(await stateOf(bench), 'suspended');
      assert.equal(await suspend(), 'suspended', 'suspending what is suspended is a success');
      assert.equal((await power(bench).start(bench.spec, bench.context())).after, 'running');
      assert.equal(await stateOf(bench), 'running');
    },
  },
];

/** Puts the environment to sleep in the way that the provider has: every one has at least one. */
export async function goDown(bench: Bench): Promise<PowerResult> {
  const { spec, context } = bench;
  const switches = power(bench);
  const down = switches.stop?.(spec, context()) ?? switches.suspend?.(spec, context());
  assert.ok(down !== undefined, 'a provider with "power" needs "power.stop" or "power.suspend"');
  return down;
}

function power({ provider }: Bench): Power {
  assert.ok(provider.power !== undefined);
  return provider.power;
}

async function stateOf(bench: Bench): Promise<EnvironmentState> {
  return bench.provider.summarize(bench.spec, await bench.observe()).state;
}
