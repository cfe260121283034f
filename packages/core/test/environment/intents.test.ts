import type { ObservedResource } from '../../src/model/observation.js';
import type { Plan } from '../../src/model/plan.js';
import type { SindriEvent } from '../../src/model/events.js';
import { openEnvironment } from '../../src/environment/open-environment.js';
import { SindriError } from '../../src/model/errors.js';
import type { PlanRequest, Provider } from '../../src/provider/contract.js';
import { change, emptyWorld, fakeProvider } from '../fake-provider.js';

const CONFIG = 'version: "3.0"\nname: demo\ndeployment:\n  provider: fake\n';

function open(overrides: Partial<Provider> = {}, world = emptyWorld(), events: SindriEvent[] = []) {
  return openEnvironment({
    config: { text: CONFIG },
    providers: [fakeProvider(world, overrides)],
    env: { HOME: '/nowhere' },
    onEvent: (event) => events.push(event),
  });
}

const unread: ObservedResource = { id: 'a', type: 'thing', name: 'a', status: 'unobserved', reason: '503' };
const unreadable: Partial<Provider> = {
  observe: async ({ name }) => ({
    environment: name,
    provider: 'fake',
    observedAt: '2026-01-01T00:00:00.000Z',
    resources: [unread],
    facts: {},
  }),
  plan: () => ({ changes: [], notes: [], cost: null }),
};

describe('an intent', () => {
  const asked: PlanRequest[] = [];
  const extending: Partial<Provider> = {
    capabilities: ['volumes'],
    volumes: { intents: ['volume.extend'] },
    plan(request) {
      asked.push(request);
      const changes = request.intent === 'volume.extend' ? [change('a:extend', { action: 'update' })] : [];
      return { changes, notes: [], cost: null };
    },
  };

  beforeEach(() => {
    asked.length = 0;
  });

  test('reaches the provider with what it says and nothing else, and stands in the plan', async () => {
    const environment = await open(extending);
    const options = { intent: 'volume.extend', sizeGb: 40, keep: ['x'], volume: undefined } as const;
    const plan = await environment.plan(options);
    expect(asked).toEqual([{ intent: 'volume.extend', sizeGb: 40, spec: environment.spec, secrets: [] }]);
    expect(plan).toMatchObject({ intent: 'volume.extend', parameters: { sizeGb: 40 } });
    expect(plan).not.toHaveProperty('keep');
    await expect(environment.apply(plan)).resolves.toMatchObject({ intent: 'volume.extend', status: 'succeeded' });
  });

  test('comes out of a saved plan as it went in', async () => {
    const environment = await open(extending);
    const saved = JSON.parse(JSON.stringify(await environment.plan({ intent: 'volume.extend', sizeGb: 40 }))) as Plan;
    await environment.apply(saved);
    expect(asked.map(({ intent }) => intent)).toEqual(['volume.extend', 'volume.extend']);
    expect(asked[1]).toMatchObject({ sizeGb: 40 });
    const edited = { ...saved, parameters: { sizeGb: 400 } };
    await expect(environment.apply(edited)).rejects.toMatchObject({ code: 'PLAN_INVALID' });
  });

  test('to adopt is said in the plan, and by nothing but true', async () => {
    const environment = await open(extending);
    expect(await environment.plan({ intent: 'deploy', adopt: true })).toMatchObject({ parameters: { adopt: true } });
    expect(await environment.plan({ intent: 'deploy', adopt: 'yes' as never })).not.toHaveProperty('parameters');
    expect(asked.map((request) => request.intent === 'deploy' && request.adopt)).toEqual([true, undefined]);
  });

  test('that the provider does not plan is refused before any request', async () => {
    const world = emptyWorld();
    const environment = await open({}, world);
    await expect(environment.plan({ intent: 'volume.extend', sizeGb: 40 })).rejects.toMatchObject({
      code: 'CAPABILITY_UNSUPPORTED',
      kind: 'usage',
      hint: 'It can: deploy, destroy.',
    });
    expect(world.calls).toEqual([]);
  });

  test.each([
    [{ intent: 'toggle' }, 'There is no intent "toggle".'],
    [{ intent: 'constructor' }, 'There is no intent "constructor".'],
    [{ intent: 'volume.extend' }, '"sizeGb" must be a size in GB, not nothing.'],
    [{ intent: 'volume.extend', sizeGb: -1 }, '"sizeGb" must be a size in GB, not -1.'],
    [{ intent: 'key.admit', publicKey: 'nonsense' }, '"publicKey" must be "type base64", not "nonsense".'],
    [
      { intent: 'key.admit', publicKey: 'ssh-ed25519 AAAA', comment: 'a\nssh-rsa BBBB' },
      '"comment" must be one line, not "a\\nssh-rsa BBBB".',
    ],
    [{ intent: 'key.remove', fingerprint: 'MD5:aa' }, '"fingerprint" must be "SHA256:…", not "MD5:aa".'],
    [{ intent: 'destroy', keep: 'volume' }, '"keep" must be a list of resource types, not "volume".'],
  ])('must be one: %j', async (options, message) => {
    const environment = await open(extending);
    await expect(environment.plan(options as never)).rejects.toMatchObject({ code: 'PLAN_INVALID', message });
    expect(asked).toEqual([]);
  });
});

describe('nothing is concluded from what was not seen', () => {
  test.each(['deploy', 'destroy'] as const)('an empty plan is no success: %s', async (intent) => {
    const environment = await open(unreadable);
    await expect(environment.plan({ intent })).rejects.toMatchObject({
      code: 'PLAN_UNOBSERVED',
      kind: 'incomplete',
      message: 'Nobody knows whether there is anything to do: thing a (503) could not be read.',
      details: { resources: [{ id: 'a', type: 'thing', name: 'a', reason: '503' }] },
    });
  });

  test('a plan with changes says in a program’s words what it did not see', async () => {
    const plan = await (
      await open({ ...unreadable, plan: () => ({ changes: [change('b')], notes: [], cost: null }) })
    ).plan();
    expect(plan.unobserved).toEqual([{ id: 'a', type: 'thing', name: 'a', reason: '503' }]);
  });
});

describe('a rule about making something', () => {
  const blocking: Partial<Provider> = {
    validate: () => [
      {
        severity: 'error',
        blocks: 'deploy',
        code: 'FAKE_REGION',
        message: 'The region "moon" is gone.',
        path: 'deployment.provider',
        hint: 'Use "mars".',
      },
    ],
  };

  test('stops a deploy before any request, and nothing else', async () => {
    const world = emptyWorld();
    const environment = await open(blocking, world);
    await expect(environment.plan()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'The config of demo is not valid: The region "moon" is gone.',
      hint: 'Use "mars".',
      details: { problems: [{ code: 'FAKE_REGION', line: 4 }] },
    });
    expect(world.calls).toEqual([]);
    world.things.add('a');
    await expect(environment.status()).resolves.toMatchObject({ state: 'running' });
    await environment.apply(await environment.plan({ intent: 'destroy' }));
    expect(world.things.size).toBe(0);
  });
});

describe('words that the contract does not know', () => {
  test.each([
    [{ action: 'explode' }, '"explode"'],
    [{ impact: ['downtime'] }, '"downtime"'],
  ])('are refused with the name of the provider: %j', async (extra, word) => {
    const environment = await open({
      plan: () => ({ changes: [change('a', extra as never)], notes: [], cost: null }),
    });
    await expect(environment.plan()).rejects.toMatchObject({
      code: 'PROVIDER_BROKEN',
      message: `The provider "fake" planned "a" with ${word}, which this version of the contract does not know.`,
    });
  });

  test('replace, prepare and numbers of progress are known', async () => {
    const events: SindriEvent[] = [];
    const environment = await open(
      {
        plan: () => ({
          changes: [change('pull', { action: 'prepare' }), change('box', { action: 'replace', dependsOn: ['pull'] })],
          notes: [],
          cost: null,
        }),
        async apply({ id }, { emit }) {
          const progress = { done: 1, total: 2, unit: 'bytes' } as const;
          emit({ type: 'change.progress', change: id, message: 'pulling', progress });
          return { status: 'applied', result: {} };
        },
      },
      emptyWorld(),
      events,
    );
    await environment.apply(await environment.plan());
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'change.progress', progress: { done: 1, total: 2, unit: 'bytes' } }),
    );
  });
});

test('a phase with a failed change in it has failed', async () => {
  const events: SindriEvent[] = [];
  const environment = await open(
    {
      async apply() {
        throw new SindriError({ code: 'FAKE_NO', kind: 'refused', message: 'no' });
      },
    },
    emptyWorld(),
    events,
  );
  await expect(environment.apply(await environment.plan())).rejects.toMatchObject({ code: 'FAKE_NO' });
  expect(events).toContainEqual(expect.objectContaining({ type: 'phase.finished', phase: 'apply', ok: false }));
});

test('what a provider hides stays hidden in everything that follows', async () => {
  const events: SindriEvent[] = [];
  const environment = await open(
    {
      async check(_request, { hide, emit }) {
        hide('minted-7c21');
        emit({ type: 'notice', level: 'info', code: 'FAKE_TOLD', message: 'got minted-7c21' });
        return { items: [{ id: 'token', title: 'Token', status: 'ok', message: 'minted-7c21 is accepted' }] };
      },
    },
    emptyWorld(),
    events,
  );
  expect(JSON.stringify(await environment.check())).not.toContain('minted-7c21');
  expect(JSON.stringify(events)).not.toContain('minted-7c21');
  expect(environment.redactor.text('minted-7c21')).toBe('‹redacted›');
});

test('a secret whose value is a word of a document changes no document', async () => {
  const world = emptyWorld();
  const config = { text: `${CONFIG}secrets:\n  - {name: WORD, source: env}\n  - {name: OTHER, source: env}\n` };
  const answers = async (env: Record<string, string>): Promise<string> => {
    const environment = await openEnvironment({
      config,
      providers: [fakeProvider(world)],
      env: { HOME: '/nowhere', ...env },
    });
    const documents = [await environment.plan({ intent: 'destroy' }), await environment.status()];
    return JSON.stringify(documents.map((document) => environment.redactor.value(document)));
  };
  world.things.add('a');
  expect(await answers({ WORD: 'running', OTHER: 'thing' })).toBe(await answers({}));
});
