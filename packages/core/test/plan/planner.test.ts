import type { Observation, ObservedResource } from '../../src/model/observation.js';
import type { Change } from '../../src/model/plan.js';
import type { JsonObject } from '../../src/model/json.js';
import type { EnvironmentSpec } from '../../src/model/spec.js';
import type { EnvironmentState } from '../../src/model/summary.js';
import { createPlanner } from '../../src/plan/create-planner.js';
import { deployedSecrets, describeSecrets, keptAfter, type SecretsThere } from '../../src/plan/kept-secrets.js';
import { differencesBetween } from '../../src/plan/differences.js';
import { planRunning, type RunningThing } from '../../src/plan/plan-running.js';
import type { JsonShapes, PlanRequest } from '../../src/provider/contract.js';
import { gatherValues, keptValues } from '../../src/provider/kept-values.js';
import { makeChange } from '../../src/provider/parts.js';
import { standardErrors, standardNotes } from '../../src/provider/standard-errors.js';

type Resource = ObservedResource;
const resource = (type: string, name: string, more: Partial<Resource> = {}): Resource => ({
  id: `${type}:${name}`,
  type,
  name,
  status: 'present',
  owned: true,
  ...more,
});
const told = (changes: readonly Change[]): string[] => changes.map(({ id, impact }) => `${id} ${impact.join('+')}`);

describe('createPlanner', () => {
  const isData = ({ type }: Resource): boolean => type !== 'pod';
  const ofType = ({ resources }: Observation, type: string): Resource[] => resources.filter((one) => one.type === type);
  const plan = createPlanner<JsonShapes>({
    errors: standardErrors('MY'),
    notes: standardNotes('MY'),
    open: (observation) => observation,
    cost: () => null,
    deploy: () => [makeChange({ action: 'create', resource: { type: 'pod', name: 'x' }, payload: {} })],
    all: (world) => [ofType(world, 'pod'), [...ofType(world, 'volume'), ...ofType(world, 'snapshot')]],
    keepable: { volume: ['snapshot'], snapshot: [] },
    deletion: (one) =>
      makeChange({
        id: `${one.type}:${one.name}:delete`,
        action: 'delete',
        resource: { type: one.type, name: one.name },
        impact: [isData(one) ? 'data-loss' : 'in-place'],
        payload: {},
      }),
    volumes: { of: (world) => ofType(world, 'volume'), isUsed: ({ name }) => name === 'home' },
    snapshots: {
      of: (world) => ofType(world, 'snapshot'),
      isReady: ({ data }) => data?.['ready'] !== false,
      create: ({ name }) => [makeChange({ action: 'create', resource: { type: 'snapshot', name }, payload: {} })],
      restore: ({ name }) => [makeChange({ action: 'create', resource: { type: 'volume', name }, payload: {} })],
    },
    secrets: {
      of: ({ resources, facts }) => ({
        name: 'x',
        state: resources.length === 0 ? null : ((facts['state'] ?? 'running') as EnvironmentState),
        inside: { CONFIG: 'c1', OLD: 'o1' },
        kept: (facts['kept'] ?? {}) as unknown as SecretsThere['kept'],
      }),
      payload: (update) => ({ ...update }) as unknown as JsonObject,
      bring: (inside) => ({
        action: 'replace',
        resource: { type: 'pod', name: 'x' },
        impact: ['replace'],
        payload: { inside },
      }),
    },
    keys: {
      secret: 'KEYS',
      of: (world) => {
        const [pod] = ofType(world, 'pod');
        return pod?.owned ? { name: pod.name, isRunning: pod.data?.['on'] !== false, isDeclared: true } : null;
      },
      payload: (key) => ({ ...key }),
    },
  });
  const everything = [
    resource('pod', 'x'),
    resource('volume', 'home'),
    resource('volume', 'old'),
    resource('snapshot', 's'),
  ];
  const planned = (request: object, resources: Resource[] = everything, facts: object = {}) =>
    plan({ spec: { name: 'x', secrets: [{ name: 'CONFIG' }] }, secrets: [], ...request } as unknown as PlanRequest, {
      environment: 'x',
      provider: 'my',
      observedAt: '',
      resources,
      facts: facts as JsonObject,
    });
  const code = (request: object, resources?: Resource[]): string => {
    try {
      return `planned ${planned(request, resources).changes.length}`;
    } catch (error) {
      const { code: found, kind } = error as { code: string; kind: string };
      return `${found} ${kind}`;
    }
  };

  test('a destroy takes what is ours, what uses it first, and says what is lost', () => {
    const { changes, notes } = planned({ intent: 'destroy' });
    expect(told(changes)).toEqual([
      'pod:x:delete in-place',
      'volume:home:delete data-loss',
      'volume:old:delete data-loss',
      'snapshot:s:delete data-loss',
    ]);
    expect(changes[1]?.dependsOn).toEqual(['pod:x:delete']);
    expect(notes).toEqual([
      { level: 'warning', code: 'MY_DATA_LOSS', message: 'Everything on home, old, s is lost for good.' },
    ]);
    const strangers = everything.map((one) => ({ ...one, owned: false }));
    expect(planned({ intent: 'destroy' }, strangers).changes).toEqual([]);
    expect(planned({ intent: 'destroy', adopt: true }, strangers).changes).toHaveLength(4);
  });

  test('a destroy keeps what can stay, and what stays with it', () => {
    expect(told(planned({ intent: 'destroy', keep: ['volume'] }).changes)).toEqual(['pod:x:delete in-place']);
    expect(planned({ intent: 'destroy', keep: ['snapshot'] }).changes).toHaveLength(3);
    expect(code({ intent: 'destroy', keep: ['pod'] })).toBe('MY_KEEP usage');
  });

  test('nothing goes or comes around what could not be read', () => {
    const unseen = everything.map((one) => (one.type === 'pod' ? { ...one, status: 'unobserved' as const } : one));
    for (const intent of ['deploy', 'destroy', 'snapshot.create'])
      expect([intent, planned({ intent }, unseen).changes]).toEqual([intent, []]);
  });

  test.each([
    [{ intent: 'volume.delete', volume: 'old' }, 'planned 1'],
    [{ intent: 'volume.delete', volume: 'home' }, 'MY_VOLUME_IN_USE refused'],
    [{ intent: 'volume.delete', volume: 's' }, 'MY_VOLUME_UNKNOWN usage'],
    [{ intent: 'snapshot.create' }, 'planned 1'],
    [{ intent: 'snapshot.create', volume: 'none' }, 'MY_VOLUME_UNKNOWN usage'],
    [{ intent: 'snapshot.restore', snapshot: 's' }, 'planned 1'],
    [{ intent: 'snapshot.delete', snapshot: 'other' }, 'MY_SNAPSHOT_UNKNOWN usage'],
    [{ intent: 'key.remove', fingerprint: 'SHA256:x' }, 'planned 1'],
    [{ intent: 'volume.extend', sizeGb: 3 }, 'MY_CHANGE_UNKNOWN internal'],
  ])('%j: %s', (request, expected) => expect(code(request)).toBe(expected));

  test('what is not there or not ready is refused', () => {
    expect(code({ intent: 'snapshot.create' }, [])).toBe('MY_ABSENT refused');
    expect(code({ intent: 'key.admit', publicKey: 'ssh-ed25519 AAAA' }, [])).toBe('MY_ABSENT refused');
    const asleep = [resource('pod', 'x', { data: { on: false } })];
    expect(code({ intent: 'key.admit', publicKey: 'ssh-ed25519 AAAA' }, asleep)).toBe('MY_ASLEEP refused');
    const half = [resource('snapshot', 's', { data: { ready: false } })];
    expect(code({ intent: 'snapshot.restore', snapshot: 's' }, half)).toBe('MY_SNAPSHOT_UNKNOWN usage');
  });

  test('an admission says until when it holds', () => {
    const { changes, notes } = planned({ intent: 'key.admit', publicKey: 'ssh-ed25519 AAAA' });
    expect(changes[0]?.id).toMatch(/^keys:SHA256:\S+:admit$/);
    expect(notes.map(({ code: found }) => found)).toEqual(['MY_KEY_UNTIL_RESTART']);
  });

  const at = '2026-01-01T00:00:00.000Z';
  const a1 = { name: 'A', origin: 'given', fingerprint: 'a1' };
  const set = { intent: 'secrets.set', set: ['A'], unset: [], secrets: [a1] };
  const unset = (...names: string[]): object => ({ intent: 'secrets.set', set: [], unset: names });
  const staged = { kept: { A: { fingerprint: 'a1', at } } };
  const keep = 'secrets:update in-place';
  const anew = 'pod:replace replace';
  test.each([
    ['set: it is kept, then brought', set, {}, [keep, anew], []],
    ['staged: it is only kept', { ...set, stage: true }, {}, [keep], ['MY_SECRETS_STAGED']],
    ['staged with this value: nothing to do', { ...set, stage: true }, staged, [], []],
    ['set, and staged before: it is only brought', set, staged, [anew], []],
    ['removed', unset('OLD'), {}, [keep, anew], []],
    ['removed, and not there', unset('NONE'), {}, [], ['MY_SECRET_ABSENT']],
    ['removed before, and still inside', unset('OLD'), { kept: { OLD: { fingerprint: null, at } } }, [anew], []],
    ['removed, of the config', unset('CONFIG'), {}, [keep, anew], ['MY_SECRET_DECLARED']],
    ['made live', { intent: 'secrets.deploy' }, staged, [anew], []],
    ['made live, and nothing waits', { intent: 'secrets.deploy' }, {}, [], ['MY_SECRETS_LIVE']],
    ['set where it sleeps', set, { state: 'suspended' }, [keep, anew], ['MY_SECRETS_ASLEEP']],
  ])('secrets, %s', (_what, request, facts, changes, notes) => {
    const found = planned(request, everything, facts);
    expect(told(found.changes)).toEqual(changes);
    expect(found.notes.map(({ code: one }) => one)).toEqual(notes);
  });

  test('secrets: everything that waits comes along, in an order, and people see names', () => {
    const kept = { B: { fingerprint: 'b1', at }, OLD: { fingerprint: null, at } };
    const [first, second] = planned(set, everything, { kept }).changes;
    expect(first).toMatchObject({ title: 'secrets of x: keep A', payload: { set: { A: 'a1' }, forget: [] } });
    expect(second).toMatchObject({
      title: 'make pod x anew with its new secrets: A, B, OLD',
      dependsOn: ['secrets:update'],
      payload: { inside: { A: 'a1', B: 'b1', CONFIG: 'c1' } },
    });
    expect(code(set, [])).toBe('MY_ABSENT refused');
  });
});

describe('secrets that are kept beside what runs', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const there: SecretsThere = {
    inside: { CONFIG: 'c1', LIVE: 'l1', LEFT: 'x1', GONE: 'g1' },
    kept: {
      LIVE: { fingerprint: 'l1', at },
      NEXT: { fingerprint: 'n1', at },
      GONE: { fingerprint: null, at },
      THROUGH: { fingerprint: null, at },
    },
  };
  const spec = { secrets: [{ name: 'CONFIG' }, { name: 'NEXT' }] as EnvironmentSpec['secrets'] };

  test('a deploy wants the config, what is kept, and what it has no value for; what the config says counts', () => {
    expect(deployedSecrets({ spec, secrets: [] }, there)).toEqual({
      quiet: { CONFIG: 'c1', GONE: 'g1', LIVE: 'l1' },
      anew: { CONFIG: 'c1', LIVE: 'l1', NEXT: 'n1' },
      overridden: [],
    });
    const secrets = [{ name: 'NEXT', origin: '.env', fingerprint: 'n2' }];
    expect(deployedSecrets({ spec, secrets }, there)).toMatchObject({
      anew: { CONFIG: 'c1', LIVE: 'l1', NEXT: 'n2' },
      overridden: ['NEXT'],
    });
  });

  test('the list says of each whether it is inside, since when, and how it compares', () => {
    const local = [
      { name: 'CONFIG', origin: '.env', fingerprint: 'c1' },
      { name: 'NEXT', origin: '.env', fingerprint: 'other' },
    ];
    const listed = describeSecrets({ ...there, since: 'made' }, local);
    expect(listed.map(({ name, state, updatedAt, local: here }) => [name, state, updatedAt, here])).toEqual([
      ['CONFIG', 'live', 'made', 'same'],
      ['GONE', 'removed', null, undefined],
      ['LEFT', 'live', 'made', undefined],
      ['LIVE', 'live', at, undefined],
      ['NEXT', 'staged', at, 'differs'],
    ]);
    expect(JSON.stringify(listed)).not.toMatch(/c1|l1|n1/);
  });

  test('what is kept after an update forgets removals that are through', () => {
    const update = { set: { NEXT: 'n2', LIVE: null }, forget: [] };
    expect(keptAfter(there, update, 'now')).toEqual({
      GONE: { fingerprint: null, at },
      LIVE: { fingerprint: null, at: 'now' },
      NEXT: { fingerprint: 'n2', at: 'now' },
    });
    expect(keptAfter(there, { set: {}, forget: ['LIVE', 'NEXT', 'GONE'] }, 'now')).toEqual({});
  });

  test('values come from who gives them, from where they are kept, else from what is made anew', async () => {
    const given = { entries: [{ name: 'CONFIG', origin: '.env', fingerprint: 'c2' }], reveal: () => 'given' };
    const sources = {
      kept: () => Promise.resolve({ kept: there.kept, read: () => Promise.resolve(new Map([['NEXT', 'kept']])) }),
      former: () =>
        Promise.resolve(
          new Map([
            ['LEFT', 'former'],
            ['NEXT', 'wrong'],
          ]),
        ),
    };
    const values = await gatherValues({ CONFIG: 'c2', LEFT: 'x1', NEXT: 'n1' }, given, sources);
    expect(Object.fromEntries(values ?? [])).toEqual({ CONFIG: 'given', LEFT: 'former', NEXT: 'kept' });
    // Kept with another value: the one inside is not to be had any more.
    expect(await gatherValues({ LIVE: 'l0' }, given, sources)).toBeNull();
    const update = { set: { NEXT: 'n2' }, forget: [] };
    const kept = keptAfter(there, update, at);
    expect(keptValues(kept, update, given, new Map([['LIVE', 'old']]))).toEqual(
      new Map([
        ['LIVE', 'old'],
        ['NEXT', 'given'],
      ]),
    );
    expect(keptValues(kept, update, given, new Map())).toBeNull();
  });
});

describe('planRunning', () => {
  const steps = (more: Partial<RunningThing<object, object>>): string[] =>
    told(
      planRunning<object, object>({
        resource: resource('pod', 'x'),
        state: 'running',
        there: { size: 1, image: 'a' },
        wanted: { size: 1, image: 'a' },
        changesInPlace: ({ field }) => field === 'size',
        made: 'from a',
        stays: 'its volume',
        payload: {},
        ...more,
      }) as Change[],
    );
  const larger = { wanted: { size: 2, image: 'a' } };
  test.each([
    [
      'nothing is there',
      { resource: resource('pod', 'x', { status: 'absent' }), there: null },
      ['pod:create in-place'],
    ],
    ['it matches', {}, []],
    ['it matches and sleeps', { state: 'stopped' }, []],
    ['it has failed', { state: 'failed' }, ['pod:start restart']],
    ['it grows', larger, ['pod:update in-place']],
    ['it grows while it sleeps', { ...larger, state: 'suspended' }, ['pod:update in-place', 'pod:start restart']],
    ['it gets another image', { wanted: { size: 1, image: 'b' } }, ['pod:replace replace']],
    ['something it was made with is lost', { lost: [resource('network', 'n')] }, ['pod:replace replace']],
    ['nobody knows what it was made from', { there: null }, ['pod:replace replace']],
    ['it is of somebody else', { resource: resource('pod', 'x', { owned: false }) }, ['pod:adopt replace']],
  ] as const)('when %s', (_when, more, expected) => expect(steps(more)).toEqual(expected));
});

describe('differencesBetween', () => {
  it('tells whose value is another one where only names may be seen', () => {
    const there = { size: 1, secrets: { A: 'f1', B: 'f2' } };
    expect(differencesBetween(there, { size: 1, secrets: { A: 'f1', B: 'f3' } }, ['secrets'])).toEqual([
      { field: 'secrets', from: ['A', 'B'], to: ['A', 'B'], why: 'another value of B' },
    ]);
    expect(differencesBetween(there, { size: 2, secrets: { A: 'f9' } }, ['secrets'])).toEqual([
      { field: 'size', from: 1, to: 2 },
      { field: 'secrets', from: ['A', 'B'], to: ['A'] },
    ]);
  });
});
