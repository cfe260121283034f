import assert from 'node:assert/strict';
import type { ExecRequest, ExecResult } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';

export const execCases: readonly PlatformCase[] = [
  {
    name: 'exec: returns exit code, stdout and stderr',
    platform: true,
    needs: ['exec'],
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
    async run(bench) {
      await bench.deploy();
      const { stdout } = await exec(bench, { command: ['cat'], stdin: 'line one\nline two' });
      assert.equal(stdout, 'line one\nline two');
    },
  },
];

async function exec({ provider, spec, context }: Bench, request: ExecRequest): Promise<ExecResult> {
  assert.ok(provider.exec !== undefined);
  return provider.exec(spec, request, context());
}
