import assert from 'node:assert/strict';
import type { EnvironmentSpec, EnvironmentSummary, Hold, HoldRequest } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertJson } from '../expectations.js';
import { isIsoTime } from './observe.js';
import { goDown, power, stateOf } from './power.js';

const HOUR_MS = 3_600_000;

export const holdCases: readonly PlatformCase[] = [
  {
    name: 'hold: what is held stays awake, is told, and sleeps again once it is released',
    platform: true,
    needs: ['hold'],
    async run(bench) {
      await bench.deploy();
      const hold = await take(bench, { reason: 'a nightly import' });
      assert.ok(isIsoTime(hold.until), `"${hold.until}" is no ISO 8601 time`);
      assert.ok(hold.by.length > 0, 'it says what keeps the environment awake');
      const holds = (await told(bench)) ?? [];
      assertJson(holds, 'the holds of the summary');
      const reasons = holds.map(({ reason }) => reason);
      assert.ok(
        reasons.some((reason) => reason.includes('a nightly import')),
        `the summary tells what it is held for, not ${reasons.join(', ') || 'nothing'}`,
      );
      await passIdleTime(bench);
      assert.equal(await stateOf(bench), 'running', 'what is held stays awake');
      await hold.release();
      assert.equal(await hold.ended, 'released');
      assert.equal(await told(bench), undefined, 'the summary tells of no hold that was released');
      if (!(await passIdleTime(bench))) return;
      assert.notEqual(await stateOf(bench), 'running', 'what nobody holds any more goes to sleep');
      await hold.release();
    },
  },
  {
    name: 'hold: a sleeping environment is woken, and a hold is in the way of no other operation',
    platform: true,
    needs: ['hold', 'power'],
    async run(bench) {
      await bench.deploy();
      await goDown(bench);
      const hold = await take(bench, {});
      assert.equal(await stateOf(bench), 'running', 'to hold it is to wake it');
      const { after } = await goDown(bench);
      assert.equal(await stateOf(bench), after, 'what is held can be stopped all the same');
      assert.equal((await power(bench).start(bench.spec, bench.context())).after, 'running');
      await hold.release();
      await hold.ended.catch(() => undefined);
    },
  },
  {
    name: 'hold: it ends by itself, and by the signal of its caller',
    platform: true,
    needs: ['hold'],
    async run(bench) {
      await bench.deploy();
      const short = await take(bench, { durationMs: 1_000 });
      assert.equal(await short.ended, 'expired');
      assert.equal(await told(bench), undefined, 'the summary tells of no hold that is over');
      const controller = new AbortController();
      const aborted = await take(bench, {}, controller.signal);
      controller.abort();
      await assert.rejects(aborted.ended, 'an aborted hold rejects');
      assert.equal(await told(bench), undefined, 'the summary tells of no hold that was aborted');
    },
  },
  {
    name: 'hold: without an installation to wait for it is over at once',
    platform: true,
    needs: ['hold'],
    async run(bench) {
      const spec = { ...bench.spec, extensions: { ...bench.spec.extensions, autoInstall: false } };
      await bench.deploy({ spec });
      const hold = await take({ ...bench, spec }, { untilInstalled: true });
      assert.equal(await hold.ended, 'installed');
      assert.equal(await told(bench, spec), undefined, 'there is nothing to hold it for');
    },
  },
];

/** What people are told of it. */
async function told(bench: Bench, spec: EnvironmentSpec = bench.spec): Promise<EnvironmentSummary['holds']> {
  const seen = await bench.observe({ spec, request: { purpose: 'summary' } });
  return bench.provider.summarize(spec, seen).holds;
}

async function take(bench: Bench, request: Partial<HoldRequest>, signal?: AbortSignal): Promise<Hold> {
  const { provider, spec } = bench;
  assert.ok(provider.hold !== undefined, 'the provider declares "hold" and has no such member');
  const wanted = { durationMs: HOUR_MS, reason: 'conformance', ...request };
  return provider.hold(spec, wanted, bench.context(signal === undefined ? {} : { signal }));
}

/** `false` where the rig cannot let time pass: then nothing is known about sleep. */
async function passIdleTime({ rig, note }: Bench): Promise<boolean> {
  if (rig.passIdleTime !== undefined) {
    await rig.passIdleTime();
    return true;
  }
  note('The rig has no passIdleTime: whether a hold keeps the environment awake was not tried.');
  return false;
}
