import assert from 'node:assert/strict';
import type { PlatformCase } from '../conformance-case.js';
import { listChanges } from '../expectations.js';
import { canarySecrets, CANARY_SECRET } from '../secrets.js';
import { lookAtVariable } from './inside.js';

export const secretsCases: readonly PlatformCase[] = [
  {
    name: 'secrets: are environment variables of what runs inside',
    platform: true,
    needs: ['session'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const value = await lookAtVariable(bench, CANARY_SECRET.name);
      // Not with an assertion that shows both: no secret in a report.
      assert.ok(value === bench.secrets.reveal(CANARY_SECRET.name), `$${CANARY_SECRET.name} ${describe(value)} inside`);
    },
  },
  {
    name: 'secrets: a changed value is planned, and arrives',
    platform: true,
    needs: ['session'],
    async run(bench) {
      const deployed = await bench.deploy();
      const before = await lookAtVariable(bench, CANARY_SECRET.name);
      const secrets = canarySecrets('changed');
      const { changes } = bench.plan('deploy', deployed, { secrets });
      assert.notEqual(listChanges(changes), 'nothing', 'a secret has another value, but the plan is empty');
      await bench.perform(changes, deployed, { secrets });
      const left = bench.plan('deploy', await bench.observe(), { secrets });
      assert.equal(listChanges(left.changes), 'nothing', 'the new value was just applied');
      const after = await lookAtVariable(bench, CANARY_SECRET.name);
      assert.ok(before === '' || after !== before, `$${CANARY_SECRET.name} still has its old value inside`);
    },
  },
];

function describe(value: string): string {
  return value === '' ? 'is not set' : `has ${value.length} characters, and other ones,`;
}
