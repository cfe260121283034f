import assert from 'node:assert/strict';
import path from 'node:path';
import type { AdmittedKey } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { listChanges } from '../expectations.js';
import { sshFingerprint } from '../ssh-fingerprint.js';

/** A public key whose private half nobody has. */
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGm0pSe8GZq2pB7zTrNNnsAIVqUYMwHmBFQAqTDDLcQ2';
const FINGERPRINT = sshFingerprint(KEY);

export const keysCases: readonly PlatformCase[] = [
  {
    name: 'plan: an unchanged deploy is nothing to do for somebody else',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      const deployed = await bench.deploy();
      const { stateDir, env } = bench.context();
      const { SSH_AUTH_SOCK: _agent, ...withoutAgent } = env;
      const elsewhere = bench.context({ stateDir: path.join(stateDir, 'somebody-else'), env: withoutAgent });
      const seen = await bench.provider.observe(bench.spec, elsewhere);
      assert.equal(
        listChanges(bench.plan('deploy', seen).changes),
        listChanges(bench.plan('deploy', deployed).changes),
        'who runs a deploy is no part of what is wanted, and he has another state directory',
      );
    },
  },
  {
    name: 'keys: an admitted key is listed, and a deploy leaves it alone',
    platform: true,
    needs: ['keys'],
    leavesDeployed: true,
    async run(bench) {
      const deployed = await bench.deploy();
      const { changes } = bench.plan({ intent: 'key.admit', publicKey: KEY, comment: 'somebody' }, deployed);
      assert.notEqual(listChanges(changes), 'nothing', 'a key is to be admitted, but the plan is empty');
      await bench.perform(changes, deployed);
      const listed = (await keysOf(bench)).find(({ fingerprint }) => fingerprint === FINGERPRINT);
      assert.ok(listed !== undefined, 'the key was admitted, and is not in the list');
      assert.equal(listed.type, 'ssh-ed25519');
      assert.ok(listed.where.includes('now'), 'the environment runs, and the key is not admitted now');
      const after = await bench.observe();
      const [then, before] = [after, deployed].map((seen) => listChanges(bench.plan('deploy', seen).changes));
      assert.equal(then, before, 'a deploy must not take it back');
      await bench.perform(bench.plan({ intent: 'key.remove', fingerprint: FINGERPRINT }, after).changes, after);
    },
  },
  {
    name: 'keys: a removed key is gone',
    platform: true,
    needs: ['keys'],
    leavesDeployed: true,
    async run(bench) {
      const deployed = await bench.deploy();
      const admission = bench.plan({ intent: 'key.admit', publicKey: KEY, comment: 'somebody' }, deployed);
      await bench.perform(admission.changes, deployed);
      const admitted = await bench.observe();
      const { changes } = bench.plan({ intent: 'key.remove', fingerprint: FINGERPRINT }, admitted);
      assert.notEqual(listChanges(changes), 'nothing', 'a key is to be removed, but the plan is empty');
      await bench.perform(changes, admitted);
      const left = (await keysOf(bench)).map(({ fingerprint }) => fingerprint);
      assert.ok(!left.includes(FINGERPRINT), 'the key was removed, and is in the list');
      const after = await bench.observe();
      const [then, before] = [after, deployed].map((seen) => listChanges(bench.plan('deploy', seen).changes));
      assert.equal(then, before, 'a deploy must not bring it back');
    },
  },
];

function keysOf({ provider, spec, context }: Bench): Promise<AdmittedKey[]> {
  assert.ok(provider.keys !== undefined, 'the provider declares "keys" and has no such member');
  return provider.keys.list(spec, context());
}
