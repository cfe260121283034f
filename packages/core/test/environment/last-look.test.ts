import { createFakeClock } from '@sindri/testkit';
import { createEnvironment } from '../../src/environment/create-environment.js';
import type { ObservedResource } from '../../src/model/observation.js';
import type { Provider } from '../../src/provider/contract.js';
import { createRedactor } from '../../src/redact/redactor.js';
import { emptyWorld, fakeProvider, spec, type FakeWorld } from '../fake-provider.js';

/** A provider that tells what its changes have seen; `blind` names a change that does not. */
function telling(world: FakeWorld, blind?: string): Provider {
  const base = fakeProvider(world);
  return {
    ...base,
    async apply(change, context) {
      const { name } = change.resource;
      const seen: ObservedResource = {
        id: name,
        type: 'thing',
        name,
        status: change.action === 'delete' ? 'absent' : 'present',
      };
      const result = await base.apply(change, context);
      return change.id === blind ? result : { ...result, seen: [seen] };
    },
    power: {
      start: async () => ({ before: 'stopped', after: 'running' }),
      stop: async () => ({ before: 'running', after: 'stopped' }),
    },
  };
}

function setUp(blind?: string) {
  const world = emptyWorld();
  const clock = createFakeClock({ start: 0, sleeps: 'by hand' });
  const environment = createEnvironment({
    spec: spec(),
    provider: telling(world, blind),
    warnings: [],
    file: null,
    resolveSecrets: async () => ({ entries: [], reveal: () => '' }),
    host: {
      environment: 'demo',
      provider: 'fake',
      redactor: createRedactor(),
      env: {},
      stateDir: '/nowhere',
      clock,
      random: () => 0.5,
    },
  });
  const looks = (): number => world.calls.filter((call) => call === 'observe').length;
  return { world, clock, environment, looks };
}

describe('a look right after a plan', () => {
  test('that was applied rests on what every change has seen', async () => {
    const { environment, looks } = setUp();
    const plan = await environment.plan();
    const report = await environment.apply(plan);
    expect(await environment.status({ after: plan })).toMatchObject({ state: 'running' });
    expect((await environment.plan({ after: plan })).changes).toEqual([]);
    expect(looks()).toBe(1);
    // What was seen is no part of what is told.
    expect(JSON.stringify(report)).not.toContain('seen');
  });

  test('that was empty rests on the look that made it', async () => {
    const { environment, world, looks } = setUp();
    world.things.add('a').add('b');
    const plan = await environment.plan();
    expect(await environment.status({ after: plan })).toMatchObject({ state: 'running' });
    expect(looks()).toBe(1);
  });

  test('is a new one when one of the changes cannot tell', async () => {
    const { environment, looks } = setUp('b');
    const plan = await environment.plan();
    await environment.apply(plan);
    await environment.status({ after: plan });
    expect(looks()).toBe(2);
  });

  test('is a new one when it comes late, or after another plan, or after something else', async () => {
    const { environment, clock, looks } = setUp();
    const first = await environment.plan();
    await environment.apply(first);
    await environment.status();
    expect(looks()).toBe(2);

    const second = await environment.plan();
    await environment.status({ after: first });
    expect(looks()).toBe(4);
    await environment.stop();
    await environment.status({ after: second });
    expect(looks()).toBe(5);

    const third = await environment.plan();
    await clock.advance(30_000);
    await environment.status({ after: third });
    expect(looks()).toBe(7);
  });

  test('is no basis for an apply: that looks itself', async () => {
    const { environment, world, looks } = setUp();
    const plan = await environment.plan();
    await environment.apply(plan);
    const leaving = await environment.plan({ intent: 'destroy', after: plan });
    expect(leaving.changes).toHaveLength(2);
    expect(looks()).toBe(1);
    await environment.apply(leaving);
    expect(looks()).toBe(2);
    expect(world.things.size).toBe(0);
  });
});
