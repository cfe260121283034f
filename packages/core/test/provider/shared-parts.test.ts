import { systemClock } from '../../src/clock.js';
import { createApply } from '../../src/provider/create-apply.js';
import { createOnce } from '../../src/provider/create-once.js';
import { defineProvider, type ProviderParts } from '../../src/provider/define-provider.js';
import { makeListing } from '../../src/provider/listing.js';
import { settleLooks } from '../../src/provider/looks.js';
import { makePower } from '../../src/provider/make-power.js';
import { defineOptions, type OptionsOf } from '../../src/provider/options-schema.js';
import { changeMaker, makeResources, makeSnapshots, makeSummary } from '../../src/provider/parts.js';
import { standardErrors, standardNotes } from '../../src/provider/standard-errors.js';
import { makeDiagnosis } from '../../src/provider/standard-findings.js';

const context = { signal: new AbortController().signal, clock: { ...systemClock, sleep: () => Promise.resolve() } };

test('options are written once: closed at every level, with the type that follows', () => {
  const schema = defineOptions({
    mode: { enum: ['a', 'b'], default: 'a' },
    ports: { items: { type: 'integer' } },
    deep: { properties: { on: { type: 'boolean' } } },
  });
  const options: OptionsOf<typeof schema> = { mode: 'b', ports: [1], deep: { on: true } };
  expect(Object.keys(options)).toEqual(['mode', 'ports', 'deep']);
  expect(schema).toEqual({
    type: 'object',
    additionalProperties: false,
    properties: {
      mode: { enum: ['a', 'b'], default: 'a' },
      ports: { type: 'array', items: { type: 'integer' } },
      deep: { type: 'object', additionalProperties: false, properties: { on: { type: 'boolean' } } },
    },
  });
});

test('capabilities are those whose members are there', () => {
  const parts = { name: 'x', logs: () => undefined, power: {} } as unknown as ProviderParts;
  expect(defineProvider(parts).capabilities).toEqual(['power', 'logs']);
  expect(defineProvider({ ...parts, capabilities: ['exec'] }).capabilities).toEqual(['exec']);
});

describe('looks', () => {
  const no = () => Promise.reject(new Error('cut'));
  test('each is settled under its name; what was not asked is no answer', async () => {
    const { a, b, c } = await settleLooks({ a: Promise.resolve(1), b: no(), c: null }, context);
    expect([a.status, b.status, c]).toEqual(['fulfilled', 'rejected', { status: 'fulfilled', value: null }]);
  });
  test('when nothing was answered, or the caller has ended it, there is nothing to observe', async () => {
    await expect(settleLooks({ a: no(), b: null }, context)).rejects.toThrow('cut');
    await expect(
      settleLooks({ a: Promise.resolve(1) }, { signal: AbortSignal.abort(new Error('over')) }),
    ).rejects.toThrow('over');
  });
  test('a list is its resources; without any of its type the first is absent, without an answer unobserved', () => {
    const first = { id: 'volume:a', type: 'volume', name: 'a' };
    const read = (names: string[]) => names.map((name) => ({ type: 'volume', name, owned: true, data: {} }));
    const from = (value: string[]) => makeResources(first, { status: 'fulfilled', value }, read);
    expect(from(['b', 'a']).map(({ id, status }) => `${id} ${status}`)).toEqual([
      'volume:a present',
      'volume:b present',
    ]);
    expect(from([])).toEqual([{ ...first, status: 'absent' }]);
    expect(makeResources(first, { status: 'rejected', reason: new Error('cut') }, read)).toEqual([
      { ...first, status: 'unobserved', reason: 'Error: cut' },
    ]);
  });
});

describe('createOnce', () => {
  const world = (answers: (string | null)[], taken = 0) => {
    const done: string[] = [];
    let tries = 0;
    return {
      done,
      find: () => Promise.resolve(answers.length > 1 ? (answers.shift() as string | null) : (answers[0] ?? null)),
      create: () => {
        done.push('create');
        return Promise.resolve(tries++ < taken ? null : 'made');
      },
      former: { is: (found: string) => found === 'former', remove: () => Promise.resolve(void done.push('remove')) },
      accept: (found: string) => {
        if (found === 'strange') throw new Error('strange');
      },
    };
  };
  test.each([
    ['nothing is there', [null], 0, null, ['create']],
    ['somebody was faster', [null, 'same'], 1, 'same', ['create']],
    ['the former one is there', ['former', null], 0, null, ['remove', 'create']],
    ['the name is free only later', [null], 2, null, ['create', 'create', 'create']],
  ] as const)('when %s', async (_when, answers, taken, found, done) => {
    const one = world([...answers], taken);
    expect([await createOnce(one, context), one.done]).toEqual([found, done]);
  });
  test('what is something else is refused', () =>
    expect(createOnce(world(['strange']), context)).rejects.toThrow('strange'));
});

test('power is between two looks', async () => {
  let state: 'running' | 'stopped' = 'running';
  const power = makePower({
    find: () => Promise.resolve({ state }),
    stateOf: (thing) => thing.state,
    start: () => Promise.resolve((state = 'running')),
    stop: () => Promise.resolve((state = 'stopped')),
  });
  expect(Object.keys(power)).toEqual(['start', 'stop']);
  expect(await power.stop?.({} as never, {} as never)).toEqual({ before: 'running', after: 'stopped' });
});

test('whoever starts or restarts is told what is staged, and that this does not make it live', async () => {
  const told: unknown[] = [];
  const power = makePower({
    find: () => Promise.resolve({}),
    stateOf: () => 'running' as const,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    restart: () => Promise.resolve(),
    secrets: {
      notes: standardNotes('MY'),
      of: () => Promise.resolve({ inside: { A: 'a1' }, kept: { A: { fingerprint: 'a2', at: '' } } }),
    },
  });
  const noting = { ...context, emit: (event: unknown) => void told.push(event) } as never;
  await power.stop?.({} as never, noting);
  expect(told).toEqual([]);
  await power.start({} as never, noting);
  await power.restart?.({} as never, noting);
  expect(told).toHaveLength(2);
  expect(told[1]).toMatchObject({ type: 'notice', level: 'info', code: 'MY_SECRETS_STAGED' });
});

test('each kind of change has its act; one that says nothing has made it, and none is an error', async () => {
  const acts = {
    'pod:create': () => Promise.resolve(),
    'pod:delete': () => Promise.resolve({ status: 'skipped' as const, reason: 'gone', result: {} }),
  };
  const apply = createApply(() => Promise.resolve(undefined), standardErrors('MY'), acts);
  const step = changeMaker<object>(['volume']);
  const run = (action: 'create' | 'delete' | 'stop') =>
    apply(step(action, { type: 'pod', name: 'x' }) as never, context as never);
  expect(await run('create')).toEqual({ status: 'applied', result: {} });
  expect(await run('delete')).toMatchObject({ status: 'skipped' });
  await expect(run('stop')).rejects.toMatchObject({ code: 'MY_CHANGE_UNKNOWN' });
  expect(step('create', { type: 'volume', name: 'v' }).id).toBe('volume:v:create');
});

test('a diagnosis is what was found inside, else what the state says, and what could not be read', () => {
  const seen = { resources: [{ id: 'v', type: 'volume', name: 'v', status: 'unobserved' as const, reason: 'cut' }] };
  const told = { environment: 'x', state: 'failed' as const };
  expect(makeDiagnosis(seen, told, null)).toMatchObject({ findings: [{ id: 'failed' }], unknown: ['v: cut'] });
  const found = { findings: [{ id: 'disk-full' }], unknown: ['memory'] } as never;
  expect(makeDiagnosis(seen, told, found)).toMatchObject({
    findings: [{ id: 'disk-full' }],
    unknown: ['v: cut', 'memory'],
  });
});

test('a listing names what could not be read, and what is left over', async () => {
  const summary = makeSummary({ environment: 'a', provider: 'x', state: 'absent', kept: ['volume v', 'snapshot s'] });
  const look = (name: string) => (name === 'a' ? Promise.resolve(summary) : Promise.reject(new Error('cut')));
  const { environments, unobserved } = await makeListing(['b', 'a', 'a'], (name) => `my-${name}`, look);
  expect(environments).toMatchObject([{ name: 'a', platformName: 'my-a', orphans: ['volume v, which nothing uses'] }]);
  expect(unobserved).toEqual(['b could not be read: Error: cut']);
});

test('snapshots are newest first, one that is being made before all', () => {
  const one = (id: string, createdAt: string | null) => ({ id, volume: 'v', createdAt, state: 'ready' as const });
  const sorted = makeSnapshots([one('old', '2026-01-01'), one('now', null), one('new', '2026-02-01')]);
  expect(sorted.map(({ id }) => id)).toEqual(['now', 'new', 'old']);
});
