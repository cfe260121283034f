import assert from 'node:assert/strict';
import type { Diagnosis, Finding } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertJson } from '../expectations.js';
import { assertReadOnly } from '../read-only.js';
import { goDown, stateOf } from './power.js';

export const diagnoseCases: readonly PlatformCase[] = [
  {
    name: 'diagnose: nothing is wrong with what has just been deployed',
    platform: true,
    needs: ['diagnose'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const { findings } = await diagnose(bench);
      const problems = findings.filter(({ severity }) => severity === 'problem').map(({ id }) => id);
      assert.deepEqual(problems, [], 'what works has no problems');
    },
  },
  {
    name: 'diagnose: what is not deployed is told, with the command for it',
    platform: true,
    needs: ['diagnose'],
    async run(bench) {
      const { findings } = await diagnose(bench);
      const ids = findings.map(({ id }) => id);
      assert.ok(ids.includes('not-deployed'), `nothing is there, and this is told: ${ids.join(', ') || 'nothing'}`);
      const fixes = findings.flatMap(({ fix }) => fix.map(({ command }) => command));
      assert.ok(fixes.includes('sindri deploy'), 'the fix is `sindri deploy`');
    },
  },
  {
    name: 'diagnose: an environment whose main process has ended has a problem',
    platform: true,
    needs: ['diagnose'],
    needsOfSubject: ['crashingConfig'],
    async run(bench) {
      const spec = await bench.specOf(bench.subject.crashingConfig ?? '');
      await bench.deploy({ spec }).catch(() => undefined);
      const { findings } = await diagnose({ ...bench, spec });
      const problems = findings.filter(({ severity }) => severity === 'problem');
      assert.ok(problems.length > 0, 'it cannot be used, and this is told');
    },
  },
  {
    name: 'diagnose: to look changes nothing, and wakes nothing',
    platform: true,
    needs: ['diagnose', 'power'],
    leavesDeployed: 'asleep',
    async run(bench) {
      await bench.deploy();
      const { after } = await goDown(bench);
      await assertReadOnly(bench, 'a diagnosis', () => diagnose(bench));
      assert.equal(await stateOf(bench), after);
    },
  },
];

async function diagnose({ provider, spec, context }: Bench): Promise<Diagnosis> {
  assert.ok(provider.diagnose !== undefined, 'the provider declares "diagnose" and has no such member');
  const diagnosis = await provider.diagnose(spec, context());
  assertJson(diagnosis, 'the diagnosis');
  for (const finding of diagnosis.findings) assertWhole(finding);
  const ids = diagnosis.findings.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, `each finding is told once: ${ids.join(', ')}`);
  for (const sentence of diagnosis.unknown) assert.match(sentence, /\S/, 'what is unknown is a sentence');
  return diagnosis;
}

function assertWhole({ id, severity, title, cause, evidence, fix }: Finding): void {
  assert.match(id, /^[a-z]+(-[a-z0-9]+)*$/, `"${id}" is no id of a finding`);
  assert.ok(['problem', 'warning'].includes(severity), `${id}: "${severity}" is no severity`);
  assert.match(title, /\S/, `${id}: a finding has a title`);
  assert.match(cause, /\S/, `${id}: a finding has a cause`);
  assert.ok(evidence.length > 0, `${id}: a finding says what was seen of it`);
  assert.ok(fix.length > 0, `${id}: a finding says how to repair it`);
  for (const step of fix) assert.ok(step.text !== null || step.command !== null, `${id}: a step says what to do`);
}
