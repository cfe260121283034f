import assert from 'node:assert/strict';
import type { EnvironmentState, Power, PowerResult } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertSindriError, rejectionOf } from '../expectations.js';
import { openLasting } from './inside.js';

export const powerCases: readonly PlatformCase[] = [
  {
    name: 'power: stop ends it, start brings it back',
    platform: true,
    needs: ['power'],
    needsPower: 'stop',
    leavesDeployed: true,
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
    leavesDeployed: 'asleep',
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
    leavesDeployed: true,
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
  {
    name: 'power: restart ends what runs, and starts it again',
    platform: true,
    needs: ['power', 'session'],
    needsPower: 'restart',
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const process = await openLasting(bench);
      const restarted = await power(bench).restart?.(bench.spec, bench.context());
      const lives = await process.answers();
      process.session.close();
      assert.ok(!lives, 'what ran before the restart still runs');
      assert.deepEqual(restarted, { before: 'running', after: 'running' });
      assert.equal(await stateOf(bench), 'running');
    },
  },
  {
    name: 'power: restart starts what sleeps',
    platform: true,
    needs: ['power'],
    needsPower: 'restart',
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const { after: before } = await goDown(bench);
      const restarted = await power(bench).restart?.(bench.spec, bench.context());
      assert.deepEqual(restarted, { before, after: 'running' });
      assert.equal(await stateOf(bench), 'running');
    },
  },
  {
    name: 'power: restart is refused when there is nothing to restart',
    platform: true,
    needs: ['power'],
    needsPower: 'restart',
    async run(bench) {
      const before = await bench.inventory();
      const restart = async (): Promise<unknown> => power(bench).restart?.(bench.spec, bench.context());
      const error = await rejectionOf(restart(), 'a restart of an environment that does not exist');
      assertSindriError(error, 'a restart of an environment that does not exist');
      assert.equal(error.kind, 'refused');
      assert.deepEqual(await bench.inventory(), before, 'nothing may come into being by the way');
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

export function power({ provider }: Bench): Power {
  assert.ok(provider.power !== undefined);
  return provider.power;
}

/** The state that people are told now. */
export async function stateOf(bench: Bench): Promise<EnvironmentState> {
  return bench.provider.summarize(bench.spec, await bench.observe()).state;
}
