import type { Observation, ObservedResource } from '../../src/model/observation.js';
import type { Change } from '../../src/model/plan.js';
import { createPlanner } from '../../src/plan/create-planner.js';
import { planRunning, type RunningThing } from '../../src/plan/plan-running.js';
import type { JsonShapes, PlanRequest } from '../../src/provider/contract.js';
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
  const planned = (request: object, resources: Resource[] = everything) =>
    plan({ spec: { name: 'x' }, secrets: [], ...request } as unknown as PlanRequest, {
      environment: 'x',
      provider: 'my',
      observedAt: '',
      resources,
      facts: {},
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
