import assert from 'node:assert/strict';
import type { LogLine, LogRequest } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertCancelled } from '../expectations.js';
import { isIsoTime } from './observe.js';
import { goDown, power } from './power.js';

export const logsCases: readonly PlatformCase[] = [
  {
    name: 'logs: end without follow, oldest first',
    platform: true,
    needs: ['logs'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const lines = await read(bench, { follow: false });
      for (const { timestamp, source, level, instance, message } of lines) {
        assert.ok(isIsoTime(timestamp), `"${timestamp}" is no ISO 8601 time`);
        for (const text of [source, level, instance, message]) assert.equal(typeof text, 'string');
      }
      const times = lines.map(({ timestamp }) => Date.parse(timestamp));
      assert.deepEqual(
        times,
        [...times].sort((a, b) => a - b),
        'the oldest line comes first',
      );
    },
  },
  {
    name: 'logs: tail limits them to the newest',
    platform: true,
    needs: ['logs'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const before = await severalLines(bench);
      const newest = Math.max(...before.map(timeOf));
      const lines = await read(bench, { follow: false, tail: 1 });
      assert.ok(lines.length <= 1, `one line was asked for, ${lines.length} came`);
      // Others may have been written meanwhile.
      const older = lines.filter((line) => timeOf(line) < newest);
      assert.deepEqual(older, [], 'the newest line was asked for');
    },
  },
  {
    name: 'logs: since leaves out what is older',
    platform: true,
    needs: ['logs'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const times = (await read(bench, { follow: false })).map(({ timestamp }) => Date.parse(timestamp));
      if (times.length === 0) {
        bench.note('The environment has written nothing; no line could be left out.');
        return;
      }
      const sinceMs = Math.max(...times) + 1;
      const older = (await read(bench, { follow: false, sinceMs })).filter(
        ({ timestamp }) => Date.parse(timestamp) < sinceMs,
      );
      assert.deepEqual(older, [], `lines from before ${new Date(sinceMs).toISOString()}`);
    },
  },
  {
    name: 'logs: following ends with an abort',
    platform: true,
    needs: ['logs'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const controller = new AbortController();
      const reading = read(bench, { follow: true }, controller.signal);
      controller.abort();
      try {
        await reading;
      } catch (error) {
        assertCancelled(error, controller.signal, 'following logs, aborted,');
      }
    },
  },
];

/** The lines so far; a restart writes more where there is only one, which would be the newest and the oldest. */
async function severalLines(bench: Bench): Promise<LogLine[]> {
  const lines = await read(bench, { follow: false });
  if (lines.length > 1 || bench.provider.power?.stop === undefined) return lines;
  await goDown(bench);
  await power(bench).start(bench.spec, bench.context());
  return read(bench, { follow: false });
}

const timeOf = ({ timestamp }: LogLine): number => Date.parse(timestamp);

async function read({ provider, spec, context }: Bench, request: LogRequest, signal?: AbortSignal): Promise<LogLine[]> {
  assert.ok(provider.logs !== undefined);
  const lines: LogLine[] = [];
  for await (const line of provider.logs(spec, request, context(signal === undefined ? {} : { signal })))
    lines.push(line);
  return lines;
}
