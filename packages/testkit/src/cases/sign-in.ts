import assert from 'node:assert/strict';
import { isSindriError, type OperationContext, type SignIn, type SignInAttempt } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertJson, assertSindriError } from '../expectations.js';

/** Unlike any credential of any platform. */
const NO_CREDENTIAL = 'conformance-no-credential-1f0e7d';

export const signInCases: readonly PlatformCase[] = [
  {
    name: 'signIn: a credential that was given out signs in until it is removed',
    platform: true,
    needs: ['signIn'],
    async run(bench) {
      const context = bench.contextWithoutCredentials();
      const signIn = signInOf(bench);
      assert.deepEqual((await signIn.status(context)).sources, [], 'without credentials nobody is signed in');
      const credential = await obtain(bench, context);
      if (credential === null) return;
      const accepted = await signIn.accept(credential, context);
      assertJson(accepted, 'the answer of accept');
      assert.equal(accepted.overruledBy, null, 'nothing comes before it here');
      const { sources, facts } = await signIn.status(context);
      assert.deepEqual(
        sources.map(({ kind, problem }) => [kind, problem]),
        [['kept', null]],
        'what was accepted is kept, and the only source',
      );
      assert.notEqual(facts?.accepted, false, 'the platform has given it out itself');
      await bench.provider.observe(bench.spec, context);

      const left = await signIn.signOut(context);
      assert.equal(left.removed, true, 'something was kept');
      assert.deepEqual([left.sources, (await signIn.status(context)).sources], [[], []], 'nothing signs in any more');
      assert.equal((await signIn.signOut(context)).removed, false, 'there is nothing left to remove');
      await assert.rejects(bench.provider.observe(bench.spec, context), 'nobody is signed in any more');
    },
  },
  {
    name: 'signIn: what the platform refuses is not kept',
    platform: true,
    needs: ['signIn'],
    async run(bench) {
      const context = bench.contextWithoutCredentials();
      const signIn = signInOf(bench);
      const error = await signIn.accept(NO_CREDENTIAL, context).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      assert.ok(error !== null, 'it was accepted');
      assertSindriError(error, 'a credential that is none');
      assert.ok(isSindriError(error) && error.kind === 'auth', 'it is refused with kind "auth"');
      assert.deepEqual((await signIn.status(context)).sources, [], 'it is not kept');
    },
  },
  {
    name: 'signIn: an attempt that is given up ends',
    platform: true,
    needs: ['signIn'],
    async run(bench) {
      const closed = await begin(bench, bench.context());
      assert.match(closed.url, /^https?:\/\//, 'the address is one of the web');
      await closed.close();
      await assertEnds(closed, 'close');
      await closed.close();

      const controller = new AbortController();
      const aborted = await begin(bench, bench.context({ signal: controller.signal }));
      controller.abort(new Error('given up'));
      await assertEnds(aborted, 'an abort');
      await aborted.close();
    },
  },
  {
    name: 'signIn: the environment comes first, and no credential is shown',
    platform: true,
    needs: ['signIn'],
    async run(bench) {
      const signIn = signInOf(bench);
      const [credential] = bench.credentials;
      if (credential === undefined) {
        bench.note('The rig has no credential in a variable; the order of sources was not looked at.');
        return;
      }
      const context = bench.context();
      try {
        const accepted = await signIn.accept(credential, context);
        assert.ok(bench.hidden.has(credential), 'the provider asks for it to be hidden');
        const status = await signIn.status(context);
        assert.equal(status.sources[0]?.kind, 'environment', 'a variable comes before everything else');
        for (const secret of bench.credentials) {
          const shown = JSON.stringify([accepted, status]).includes(secret);
          assert.ok(!shown, 'what may be printed holds a credential');
        }
      } finally {
        await signIn.signOut(context);
      }
    },
  },
];

function signInOf({ provider }: Bench): SignIn {
  assert.ok(provider.signIn !== undefined, 'the provider declares "signIn" and has no such member');
  return provider.signIn;
}

function begin(bench: Bench, context: OperationContext): Promise<SignInAttempt> {
  return signInOf(bench).begin({ computer: 'conformance' }, context);
}

/** A credential of the platform's: through its page, or one of the rig's own where nobody can approve. */
async function obtain(bench: Bench, context: OperationContext): Promise<string | null> {
  const { rig } = bench;
  if (rig.approveSignIn === undefined) {
    bench.note('The rig cannot approve a sign-in; only a credential that was there already was tried.');
    return bench.credentials[0] ?? null;
  }
  const attempt = await begin(bench, context);
  try {
    await rig.approveSignIn(attempt.url);
    return await attempt.credential;
  } finally {
    await attempt.close();
  }
}

async function assertEnds({ credential }: SignInAttempt, by: string): Promise<void> {
  const pending = Symbol('pending');
  const ended = await Promise.race([
    credential.then(
      () => 'a credential',
      () => 'ended',
    ),
    new Promise((resolve) => setTimeout(resolve, 1_000, pending).unref()),
  ]);
  assert.equal(ended, 'ended', `${by} ends the attempt`);
}
