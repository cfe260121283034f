import assert from 'node:assert/strict';
import type { Change } from '@sindri/core';
import type { PlatformCase } from '../conformance-case.js';
import { assertNoSecret, assertSindriError, rejectionOf } from '../expectations.js';
import { plainRequest } from './session-use.js';

const NO_CREDENTIAL =
  'No variable of the rig is a credential, by its name or by "credentials" of the subject: only the secret of the environment was looked for.';

/** No provider can know it. */
const UNKNOWN_CHANGE: Change = {
  id: 'conformance:unknown',
  action: 'create',
  resource: { type: 'conformance-unknown', name: 'conformance-unknown' },
  title: 'create something that nobody knows',
  differences: [],
  impact: [],
  monthlyCostDelta: null,
  dependsOn: [],
  payload: {},
};

export const errorCases: readonly PlatformCase[] = [
  {
    name: 'errors: a refusal is a SindriError',
    platform: true,
    async run(bench) {
      const observation = await bench.observe();
      const error = await rejectionOf(bench.perform([UNKNOWN_CHANGE], observation), 'a change that nobody knows');
      assertSindriError(error, 'a change that nobody knows');
      const ofTheProvider = letters(error.code).startsWith(letters(bench.provider.name));
      const ofCore = ['PLAN_INVALID', 'PROVIDER_BROKEN'].includes(error.code);
      assert.ok(ofTheProvider || ofCore, `the code ${error.code} must start with the provider's area`);
    },
  },
  {
    name: 'errors: without credentials a look says so',
    platform: true,
    async run(bench) {
      try {
        await bench.provider.observe(bench.spec, bench.contextWithoutCredentials());
      } catch (error) {
        assertSindriError(error, 'observe without credentials');
        if (error.kind !== 'auth') throw new Error(`missing credentials are of kind "auth", not "${error.kind}"`);
        return;
      }
      bench.note(
        bench.credentials.length === 0
          ? 'The rig has no credentials that could be taken away.'
          : 'The provider needs no credentials to look.',
      );
    },
  },
  {
    name: 'errors: what needs an environment says that there is none',
    platform: true,
    async run(bench) {
      const { provider, spec } = bench;
      const context = bench.context();
      const uses: Record<string, (() => Promise<unknown>) | undefined> = {
        'power.start': provider.power && (async () => provider.power?.start(spec, context)),
        'power.stop': provider.power?.stop && (async () => provider.power?.stop?.(spec, context)),
        'power.suspend': provider.power?.suspend && (async () => provider.power?.suspend?.(spec, context)),
        'power.restart': provider.power?.restart && (async () => provider.power?.restart?.(spec, context)),
        session: provider.session && (async () => provider.session?.(spec, plainRequest(bench), context)),
        exec: provider.exec && (async () => provider.exec?.(spec, { command: ['true'] }, context)),
        dial: provider.dial && (async () => provider.dial?.(spec, { port: 22 }, context)),
        sshTarget: provider.sshTarget && (async () => provider.sshTarget?.(spec, context)),
      };
      for (const [what, use] of Object.entries(uses)) {
        if (use === undefined) continue;
        const error = await rejectionOf(use(), `${what} of an environment that does not exist`);
        assertSindriError(error, `${what} of an environment that does not exist`);
      }
      assert.deepEqual(await bench.inventory(), [], 'nothing may come into being by the way');
    },
  },
  {
    name: 'errors: no secret value appears in anything that is said',
    platform: true,
    async run(bench) {
      const { provider, spec, secretValues } = bench;
      const search = (value: unknown, what: string): void => assertNoSecret(value, secretValues, what);
      search(await provider.check({ spec }, bench.context()), 'the check report');
      const before = await bench.observe();
      search(before, 'the observation of nothing');
      const plan = bench.plan('deploy', before);
      search(plan, 'the plan');
      search(await bench.perform(plan.changes, before), 'the results of the changes');
      const deployed = await bench.observe();
      search(deployed, 'the observation');
      search(bench.plan('destroy', deployed), 'the plan of a destroy');
      search(provider.summarize(spec, deployed), 'the summary');
      const refusal = await rejectionOf(bench.perform([UNKNOWN_CHANGE], deployed), 'a change that nobody knows');
      search(refusal, 'an error');
      search(bench.events, 'the events');
      if (provider.artifacts !== undefined) search(provider.artifacts(spec), 'the artifacts');
      if (bench.credentials.length === 0) bench.note(NO_CREDENTIAL);
    },
  },
  {
    name: 'errors: what was hidden is in no data',
    platform: true,
    async run(bench) {
      const { provider, spec, hidden } = bench;
      const before = await bench.observe();
      const plan = bench.plan('deploy', before);
      const results = await bench.perform(plan.changes, before);
      const deployed = await bench.observe();
      // Texts pass the redactor on their way out; data must keep its shape.
      const data: Record<string, unknown> = {
        'the observation of nothing': before,
        'the plan': plan,
        'the results of the changes': results,
        'the observation': deployed,
        'the plan of a destroy': bench.plan('destroy', deployed),
        'the summary': provider.summarize(spec, deployed),
      };
      const secrets = [...hidden].filter((value) => value.length >= 4);
      for (const [what, value] of Object.entries(data)) assertNoSecret(value, secrets, what);
    },
  },
];

function letters(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '');
}
