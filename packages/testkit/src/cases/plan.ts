import assert from 'node:assert/strict';
import {
  orderChanges,
  type Change,
  type EnvironmentSpec,
  type EnvironmentSummary,
  type Observation,
  type ProviderPlan,
} from '@sindri/core';
import type { Bench, Variation } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertJson, differenceOf, listChanges } from '../expectations.js';
import { forbidImpurity, frozenCopy } from '../forbid-impurity.js';

const ACTIONS = ['create', 'update', 'replace', 'delete', 'adopt', 'start', 'stop', 'prepare'];
const IMPACTS = ['in-place', 'restart', 'replace', 'data-loss', 'paid'];

export const planCases: readonly PlatformCase[] = [
  {
    name: 'plan: is pure',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      for (const { intent, observation } of await situations(bench)) {
        const request = frozenCopy({
          spec: bench.spec,
          intent,
          secrets: intent === 'deploy' ? bench.secrets.entries : [],
        });
        const seen = frozenCopy(observation);
        const planned: unknown = forbidImpurity(() => bench.provider.plan(request, seen));
        assert.ok(!(planned instanceof Promise), 'plan must answer at once, not with a promise');
      }
    },
  },
  {
    name: 'plan: equal inputs give an equal plan',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      for (const { intent, observation } of await situations(bench)) {
        const first = bench.plan(intent, observation);
        assert.deepEqual(bench.plan(intent, observation), first, `two ${intent} plans in a row differ`);
        const other = bench.plan(intent, observation, { provider: bench.createProvider() });
        assert.deepEqual(other, first, `another provider of the same kind makes another ${intent} plan`);
      }
    },
  },
  {
    name: 'plan: two looks at an unchanged world give the same plan',
    platform: true,
    async run(bench) {
      // A plan that was stored is applied only when it would come out the same again.
      const planTwice = async (intent: 'deploy' | 'destroy'): Promise<void> => {
        const first = bench.plan(intent, await bench.observe());
        assert.deepEqual(bench.plan(intent, await bench.observe()), first, `the second ${intent} plan differs`);
      };
      await planTwice('deploy');
      await bench.deploy();
      await planTwice('deploy');
      await planTwice('destroy');
    },
  },
  {
    name: 'plan: is JSON',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      for (const { intent, observation } of await situations(bench)) {
        assertJson(bench.plan(intent, observation), `the ${intent} plan`);
      }
    },
  },
  {
    name: 'plan: ids are unique, and dependencies exist and make no circle',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      for (const { intent, observation } of await situations(bench)) {
        orderChanges(bench.plan(intent, observation).changes, bench.provider.name);
      }
    },
  },
  {
    name: 'plan: every change can be shown to people',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      for (const { intent, observation } of await situations(bench)) assertShowable(bench.plan(intent, observation));
    },
  },
  {
    name: 'plan: what could not be observed is never created',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      const creation = { intent: 'deploy', action: 'create' } as const;
      const absent = await bench.untouched();
      const deployed = await bench.deploy();
      for (const observation of [absent, deployed]) {
        const { resources } = observation;
        assertNothingPlanned(bench, creation, { ...observation, resources: resources.map(asUnobserved) }, resources);
        for (const one of resources) {
          const others = resources.map((item) => (item.id === one.id ? asUnobserved(item) : item));
          assertNothingPlanned(bench, creation, { ...observation, resources: others }, [one]);
        }
      }
    },
  },
  {
    name: 'plan: what could not be observed is never deleted',
    platform: true,
    leavesDeployed: true,
    async run(bench) {
      const deployed = await bench.deploy();
      const { resources } = deployed;
      for (const intent of ['deploy', 'destroy'] as const) {
        for (const one of resources) {
          const others = resources.map((item) => (item.id === one.id ? asUnobserved(item) : item));
          assertNothingPlanned(bench, { intent, action: 'delete' }, { ...deployed, resources: others }, [one]);
        }
      }
    },
  },
  {
    name: 'plan: a changed config plans the difference, and apply brings it about',
    platform: true,
    async run(bench) {
      let tried = 0;
      for (const variation of bench.variations) {
        if (await bringAbout(bench, variation)) tried += 1;
        await bench.destroy();
      }
      if (tried > 0) return;
      bench.note('The subject knows no config that makes a difference to this provider; no update was tried.');
    },
  },
];

/** Whether there was a difference to bring about. */
async function bringAbout(bench: Bench, { spec, guessed }: Variation): Promise<boolean> {
  const deployed = await bench.deploy();
  const { changes } = bench.plan('deploy', deployed, { spec });
  const title = differenceOf(bench.spec, spec);
  if (changes.length === 0) {
    assert.ok(guessed, `the changed config wants something else (${title}), but the plan is empty`);
    assertSizes(bench.provider.summarize(spec, deployed), spec);
    return false;
  }
  const explained = changes.some(({ differences }) => differences.length > 0);
  assert.ok(explained, `${title}: no change says what differs: ${listChanges(changes)}`);
  await bench.perform(changes, deployed, { spec });
  const after = await bench.observe({ spec });
  const left = listChanges(bench.plan('deploy', after, { spec }).changes);
  assert.deepEqual(left, 'nothing', `${title}: it was just applied`);
  assertSizes(bench.provider.summarize(spec, after), spec);
  return true;
}

/** What a summary says about sizes must be what was asked for; a volume may be larger. */
function assertSizes({ resources }: EnvironmentSummary, { resources: wanted, workspace }: EnvironmentSpec): void {
  const { memoryMb, cpus, volumeGb } = resources;
  if (memoryMb !== null && wanted.memoryMb !== null) {
    assert.equal(memoryMb, wanted.memoryMb, 'the summary tells another memory than was asked for');
  }
  if (cpus !== null && wanted.cpus !== null) {
    assert.equal(cpus, wanted.cpus, 'the summary tells another number of CPUs than was asked for');
  }
  if (volumeGb !== null && workspace.sizeGb !== null) {
    assert.ok(
      volumeGb >= workspace.sizeGb,
      `the summary tells ${volumeGb} GB, but ${workspace.sizeGb} GB were asked for`,
    );
  }
}

/** Both intents, on nothing and on what a deploy leaves. */
async function situations(bench: Bench): Promise<{ intent: 'deploy' | 'destroy'; observation: Observation }[]> {
  const absent = await bench.untouched();
  const deployed = await bench.deploy();
  const intents: ('deploy' | 'destroy')[] = ['deploy', 'destroy'];
  return [absent, deployed].flatMap((observation) => intents.map((intent) => ({ intent, observation })));
}

function asUnobserved({ id, type, name }: Observation['resources'][number]): Observation['resources'][number] {
  return { id, type, name, status: 'unobserved', reason: 'the conformance kit looked away' };
}

/** Fails when a plan has such a change of one of `unseen`. */
function assertNothingPlanned(
  bench: Bench,
  { intent, action }: { intent: 'deploy' | 'destroy'; action: Change['action'] },
  observation: Observation,
  unseen: Observation['resources'],
): void {
  let changes: Change[];
  try {
    ({ changes } = bench.plan(intent, observation));
  } catch (error) {
    // To refuse to plan is a fine answer.
    if (error instanceof assert.AssertionError) throw error;
    return;
  }
  const planned = changes.filter(
    (change) =>
      change.action === action &&
      unseen.some(({ type, name }) => type === change.resource.type && name === change.resource.name),
  );
  const why = action === 'create' ? 'what could not be read may well exist' : "what could not be read may be anybody's";
  assert.equal(listChanges(planned), 'nothing', why);
}

function assertShowable({ changes, notes, cost }: ProviderPlan): void {
  for (const { id, action, title, resource, impact, differences, monthlyCostDelta } of changes) {
    assert.ok(ACTIONS.includes(action), `${id}: "${action}" is no action`);
    assert.match(title, /\S/, `${id} needs a title`);
    assert.ok(!title.includes('\n'), `${id}: the title must be one line`);
    assert.ok(resource?.type && resource.name, `${id} must name the resource it acts on`);
    for (const word of impact) assert.ok(IMPACTS.includes(word), `${id}: "${word}" is no impact`);
    for (const { field } of differences) assert.match(field, /\S/, `${id}: a difference must name its field`);
    assert.ok(monthlyCostDelta === null || Number.isFinite(monthlyCostDelta), `${id}: no number and not null as cost`);
  }
  for (const { level, code, message } of notes) {
    assert.ok(level === 'info' || level === 'warning', `"${level}" is no level of a note`);
    assert.ok(code !== '' && message !== '', 'a note needs a code and a message');
  }
  if (cost !== null) assert.ok(Number.isFinite(cost.monthlyRunning), 'the monthly cost must be a number');
}
