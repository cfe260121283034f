import assert from 'node:assert/strict';
import type { Observation, PresentSecret } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { listChanges } from '../expectations.js';
import { APART_SECRET, apartSecret, canarySecrets, CANARY_SECRET } from '../secrets.js';
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
  {
    name: 'secrets: one that is set apart from a deploy is inside, and a deploy leaves it alone',
    platform: true,
    needs: ['session', 'secrets'],
    async run(bench) {
      const deployed = await bench.deploy();
      const before = listChanges(bench.plan('deploy', deployed).changes);
      await setApart(bench, deployed);
      requireInside(await lookAtVariable(bench, APART_SECRET));
      const [listed] = (await secretsOf(bench)).filter(({ name }) => name === APART_SECRET);
      assert.equal(listed?.state, 'live', 'a secret that is inside is listed as live');
      const after = await bench.observe();
      assert.equal(listChanges(bench.plan('deploy', after).changes), before, 'a deploy must not take it back');
      const { changes } = bench.plan(SET, after, { secrets: apartSecret() });
      assert.equal(listChanges(changes), 'nothing', 'the same value once more is nothing to do');
      await bench.perform(bench.plan(UNSET, after).changes, after);
      assert.equal(await lookAtVariable(bench, APART_SECRET), '', 'the secret was removed, and is inside');
      const left = (await secretsOf(bench)).map(({ name }) => name);
      assert.ok(!left.includes(APART_SECRET), 'the secret was removed, and is listed');
    },
  },
  {
    name: 'secrets: a staged one is not inside before it is deployed',
    platform: true,
    needs: ['session', 'secrets'],
    async run(bench) {
      const deployed = await bench.deploy();
      await setApart(bench, deployed, { stage: true });
      assert.equal(await lookAtVariable(bench, APART_SECRET), '', 'a secret was only staged, and is inside');
      const [listed] = (await secretsOf(bench)).filter(({ name }) => name === APART_SECRET);
      assert.equal(listed?.state, 'staged', 'a secret that is not inside is listed as staged');
      const seen = await bench.observe();
      const { changes } = bench.plan({ intent: 'secrets.deploy' }, seen);
      assert.notEqual(listChanges(changes), 'nothing', 'a secret is staged, but there is nothing to deploy');
      await bench.perform(changes, seen);
      requireInside(await lookAtVariable(bench, APART_SECRET));
      const left = bench.plan({ intent: 'secrets.deploy' }, await bench.observe());
      assert.equal(listChanges(left.changes), 'nothing', 'everything was just deployed');
    },
  },
];

const SET = { intent: 'secrets.set', set: [APART_SECRET], unset: [] } as const;
const UNSET = { intent: 'secrets.set', set: [], unset: [APART_SECRET] } as const;

async function setApart(bench: Bench, seen: Observation, how: { stage?: true } = {}): Promise<void> {
  const secrets = apartSecret();
  const { changes } = bench.plan({ ...SET, ...how }, seen, { secrets });
  assert.notEqual(listChanges(changes), 'nothing', 'a secret is to be set, but the plan is empty');
  await bench.perform(changes, seen, { secrets });
}

function secretsOf({ provider, spec, context }: Bench): Promise<PresentSecret[]> {
  assert.ok(provider.secrets !== undefined, 'the provider declares "secrets" and has no such member');
  return provider.secrets.list(spec, { local: [] }, context());
}

function requireInside(value: string): void {
  assert.ok(value === apartSecret().reveal(APART_SECRET), `$${APART_SECRET} ${describe(value)} inside`);
}

function describe(value: string): string {
  return value === '' ? 'is not set' : `has ${value.length} characters, and other ones,`;
}
