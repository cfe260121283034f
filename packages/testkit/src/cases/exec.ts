import assert from 'node:assert/strict';
import type { ExecRequest, ExecResult } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertSindriError, rejectionOf } from '../expectations.js';
import { goDown } from './power.js';

export const execCases: readonly PlatformCase[] = [
  {
    name: 'exec: returns exit code, stdout and stderr',
    platform: true,
    needs: ['exec'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const result = await exec(bench, { command: ['sh', '-c', 'echo out; echo err >&2; exit 3'] });
      assert.deepEqual(result, { exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
    },
  },
  {
    name: 'exec: arguments arrive as they are',
    platform: true,
    needs: ['exec'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const argument = 'two  words; "$HOME" \'and\' * more';
      const { stdout, exitCode } = await exec(bench, { command: ['printf', '%s', argument] });
      assert.equal(stdout, argument, 'there must be no shell in between');
      assert.equal(exitCode, 0);
    },
  },
  {
    name: 'exec: passes stdin on',
    platform: true,
    needs: ['exec'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const { stdout } = await exec(bench, { command: ['cat'], stdin: 'line one\nline two' });
      assert.equal(stdout, 'line one\nline two');
    },
  },
  {
    name: 'exec: the first 64 KiB of the output are whole',
    platform: true,
    needs: ['exec'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const line = `${'sindri '.repeat(9)}\n`;
      const text = line.repeat(64 * (1024 / line.length));
      const { stdout, truncated } = await exec(bench, { command: ['cat'], stdin: text });
      assert.ok(stdout.startsWith(text), `64 KiB were written, ${stdout.length} characters came`);
      assert.ok(truncated !== true || stdout.length > text.length, 'nothing was cut, but "truncated" is true');
    },
  },
  {
    name: 'exec: ends at its time limit',
    platform: true,
    needs: ['exec'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const error = await rejectionOf(
        exec(bench, { command: ['sleep', '20'], timeoutMs: 1000 }),
        'a command that is too slow',
      );
      assertSindriError(error, 'a command that is too slow');
      assert.equal(error.kind, 'incomplete', 'a command that is too slow is of the kind "incomplete"');
    },
  },
  {
    name: 'exec: does not wake a sleeping environment',
    platform: true,
    needs: ['exec', 'power'],
    leavesDeployed: 'asleep',
    async run(bench) {
      await bench.deploy();
      const { after } = await goDown(bench);
      const error = await rejectionOf(exec(bench, { command: ['true'] }), 'exec in a sleeping environment');
      assertSindriError(error, 'exec in a sleeping environment');
      assert.equal(error.kind, 'refused', 'exec in a sleeping environment is of the kind "refused"');
      assert.equal((await bench.summary()).state, after, 'it must not be woken');
    },
  },
];

async function exec({ provider, spec, context }: Bench, request: ExecRequest): Promise<ExecResult> {
  assert.ok(provider.exec !== undefined);
  return provider.exec(spec, request, context());
}
