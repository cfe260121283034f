import type { Duplex } from 'node:stream';
import { PassThrough } from 'node:stream';
import type { SecretBundle } from '../../src/model/spec.js';
import { createEnvironment } from '../../src/environment/create-environment.js';
import type { Environment } from '../../src/environment/environment.js';
import { SindriError } from '../../src/model/errors.js';
import type { SindriEvent } from '../../src/model/events.js';
import type { ApplyReport, Plan } from '../../src/model/plan.js';
import type { Session } from '../../src/model/session.js';
import type { PowerResult, Provider } from '../../src/provider/contract.js';
import { createRedactor } from '../../src/redact/redactor.js';
import { createFakeClock } from '@sindri/testkit';
import { change, emptyWorld, fakeProvider, spec } from '../fake-provider.js';

const CANARY = 'canary-8f3a1c';

function secretBundle(): SecretBundle {
  return {
    entries: [{ name: 'TOKEN', origin: 'environment', fingerprint: 'f' }],
    reveal: () => CANARY,
  };
}

function setUp(overrides: (base: Provider) => Partial<Provider> = () => ({}), signal?: AbortSignal) {
  const world = emptyWorld();
  const base = fakeProvider(world);
  const provider: Provider = { ...base, ...overrides(base) };
  const events: SindriEvent[] = [];
  const clock = createFakeClock({ start: 0, sleeps: 'by hand' });
  const environment: Environment = createEnvironment({
    spec: spec(),
    provider,
    warnings: [],
    file: null,
    resolveSecrets: async () => secretBundle(),
    host: {
      environment: 'demo',
      provider: 'fake',
      redactor: createRedactor(),
      env: {},
      stateDir: '/nowhere',
      clock,
      random: () => 0.5,
      onEvent: (event) => events.push(event),
      ...(signal === undefined ? {} : { signal }),
    },
  });
  const types = () => events.map(({ type }) => type);
  return { world, environment, events, types, clock, provider };
}

describe('plan and apply', () => {
  test('from nothing to done, and then nothing is left to do', async () => {
    const { environment, world, types } = setUp();
    const plan = await environment.plan();
    expect(plan.changes.map(({ id }) => id)).toEqual(['a', 'b']);
    const report = await environment.apply(plan);
    expect(report).toMatchObject({
      schema: 'sindri.apply/1',
      status: 'succeeded',
      outcomes: [{ change: 'a' }, { change: 'b' }],
    });
    expect(world.calls).toEqual(['observe', 'apply a', 'apply b']);
    expect(types()).toEqual([
      'operation.started',
      'phase.started',
      'phase.finished',
      'operation.finished',
      'operation.started',
      'phase.started',
      'change.started',
      'change.applied',
      'change.started',
      'change.applied',
      'phase.finished',
      'operation.finished',
    ]);
    expect((await environment.plan()).changes).toEqual([]);
  });

  test('a destroy needs no secrets', async () => {
    const world = emptyWorld();
    world.things.add('a');
    const provider = fakeProvider(world);
    const host = {
      environment: 'demo',
      provider: 'fake',
      redactor: createRedactor(),
      env: {},
      stateDir: '/',
      clock: createFakeClock({ start: 0, sleeps: 'by hand' }),
      random: () => 0,
    };
    const environment = createEnvironment({
      spec: spec(),
      provider,
      warnings: [],
      file: null,
      resolveSecrets: () => Promise.reject(new SindriError({ code: 'SECRET_MISSING', kind: 'usage', message: 'no' })),
      host,
    });
    await expect(environment.plan()).rejects.toMatchObject({ code: 'SECRET_MISSING' });
    expect(world.calls).toEqual([]);
    await environment.apply(await environment.plan({ intent: 'destroy' }));
    expect(world.things.size).toBe(0);
  });

  test('a plan is trusted for half a minute, then looked at again', async () => {
    const { environment, world, clock } = setUp();
    const plan = await environment.plan();
    await clock.advance(30_000);
    await environment.apply(plan);
    expect(world.calls).toEqual(['observe', 'observe', 'apply a', 'apply b']);
  });

  test('a plan is never trusted twice', async () => {
    const { environment, world } = setUp();
    const plan = await environment.plan();
    await environment.apply(plan);
    await expect(environment.apply(plan)).rejects.toMatchObject({ code: 'PLAN_STALE', kind: 'incomplete' });
    expect(world.calls.filter((call) => call === 'apply a')).toHaveLength(1);
  });

  test('a plan from a file is applied only while it would come out the same', async () => {
    const { environment, world } = setUp();
    const stored = JSON.parse(JSON.stringify(await environment.plan())) as Plan;
    world.things.add('a');
    await expect(environment.apply(stored)).rejects.toMatchObject({ code: 'PLAN_STALE' });
    expect(world.calls.some((call) => call.startsWith('apply'))).toBe(false);
    world.things.clear();
    await expect(environment.apply(stored)).resolves.toMatchObject({ status: 'succeeded' });
  });

  test.each([
    ['another environment', (plan: Plan) => ({ ...plan, environment: 'other' })],
    ['another provider', (plan: Plan) => ({ ...plan, provider: 'other' })],
    ['an edit', (plan: Plan) => ({ ...plan, changes: [] })],
    ['something else', () => ({ schema: 'sindri.apply/1' }) as unknown as Plan],
  ])('a plan of %s is refused', async (_title, edit) => {
    const { environment, world } = setUp();
    const plan = await environment.plan();
    await expect(environment.apply(edit(plan))).rejects.toMatchObject({ code: 'PLAN_INVALID', kind: 'usage' });
    expect(world.calls).toEqual(['observe']);
  });

  test('rejects with the first failure and the whole report', async () => {
    const { environment } = setUp((base) => ({
      apply: async (change, context) => {
        if (change.id === 'a')
          throw new SindriError({ code: 'FAKE_FULL', kind: 'refused', message: 'no room', details: { zone: 'x' } });
        return base.apply(change, context);
      },
    }));
    await expect(environment.apply(await environment.plan())).rejects.toMatchObject({
      code: 'FAKE_FULL',
      details: {
        zone: 'x',
        report: {
          status: 'failed',
          outcomes: [
            { change: 'a', status: 'failed' },
            { change: 'b', status: 'skipped' },
          ],
        },
      },
    });
  });

  test('a cancelled apply tells what was reached, and the next one goes on from there', async () => {
    const controller = new AbortController();
    const { environment, world } = setUp((base) => ({
      apply: async (change, context) => {
        const result = await base.apply(change, context);
        controller.abort();
        return result;
      },
    }));
    const plan = await environment.plan();
    const error = await environment
      .apply(plan, { signal: controller.signal })
      .catch((thrown: unknown) => thrown as SindriError);
    expect(error).toMatchObject({ code: 'OPERATION_CANCELLED', kind: 'cancelled' });
    const report = (error as SindriError).details['report'] as unknown as ApplyReport;
    expect(report).toMatchObject({ status: 'cancelled', outcomes: [{ status: 'applied' }, { status: 'skipped' }] });
    const rest = await environment.plan();
    expect(rest.changes.map(({ id }) => id)).toEqual(['b']);
    await environment.apply(rest);
    expect([...world.things]).toEqual(['a', 'b']);
  });

  test('an apply that takes too long is timed out, not cancelled', async () => {
    const { environment, clock } = setUp(() => ({
      apply: (_change, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    }));
    const applying = environment.apply(await environment.plan(), { timeoutMs: 5000 });
    applying.catch(() => undefined);
    await clock.advance(0);
    await clock.advance(5000);
    await expect(applying).rejects.toMatchObject({
      code: 'OPERATION_TIMED_OUT',
      kind: 'incomplete',
      details: { report: { status: 'failed' } },
    });
    expect(clock.sleeping).toEqual([]);
  });

  test('one launch id for all changes of an apply', async () => {
    const ids = new Set<string>();
    const { environment } = setUp((base) => ({
      apply: (change, context) => (ids.add(context.launchId), base.apply(change, context)),
    }));
    await environment.apply(await environment.plan());
    expect([...ids]).toEqual(['8888888888888888']);
  });

  test('refuses to plan over what could not be read', async () => {
    const { environment } = setUp((base) => ({
      observe: async (...args) => {
        const seen = await base.observe(...args);
        return { ...seen, resources: seen.resources.map((item) => ({ ...item, status: 'unobserved' })) };
      },
    }));
    await expect(environment.plan()).rejects.toMatchObject({ code: 'PLAN_UNOBSERVED' });
  });
});

describe('a provider that misbehaves', () => {
  test.each([
    [
      'throws at once',
      {
        observe: () => {
          throw new TypeError('x is undefined');
        },
      },
      'The provider "fake" failed in observe: x is undefined',
    ],
    [
      'rejects with a plain error',
      { observe: async () => Promise.reject(new Error('boom')) },
      'The provider "fake" failed in observe: boom',
    ],
    [
      'returns nothing',
      { observe: async () => undefined },
      'The provider "fake" failed in observe: it returned no list of resources.',
    ],
    [
      'throws in plan',
      {
        plan: () => {
          throw new Error('boom');
        },
      },
      'The provider "fake" failed in plan: boom',
    ],
    [
      'plans in circles',
      { plan: () => ({ changes: [change('a', { dependsOn: ['a'] })], notes: [], cost: null }) },
      'The provider "fake" planned changes that wait for each other: a → a.',
    ],
  ])('%s', async (_title, overrides, message) => {
    const { environment } = setUp(() => overrides as Partial<Provider>);
    await expect(environment.plan()).rejects.toMatchObject({ code: 'PROVIDER_BROKEN', kind: 'internal', message });
  });

  test('the brand, a code and a kind are enough for an error', async () => {
    const branded = Object.assign(new Error('no room'), {
      code: 'FAKE_FULL',
      kind: 'refused',
      [Symbol.for('sindri.error/1')]: true,
    });
    const { environment, events } = setUp(() => ({ apply: async () => Promise.reject(branded) }));
    await expect(environment.apply(await environment.plan())).rejects.toMatchObject({
      code: 'FAKE_FULL',
      kind: 'refused',
      retryable: false,
    });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'change.failed',
        error: expect.objectContaining({ code: 'FAKE_FULL', details: {} }) as unknown,
      }),
    );
  });

  test('an apply that says nothing about its end has failed', async () => {
    const { environment } = setUp(() => ({ apply: async () => undefined as never }));
    await expect(environment.apply(await environment.plan())).rejects.toMatchObject({
      code: 'PROVIDER_BROKEN',
      message: 'The provider "fake" failed in apply: the change "a" ended as nothing.',
    });
  });
});

describe('cancellation', () => {
  test.each(['observe', 'plan', 'check', 'status'] as const)(
    'an aborted signal makes %s do nothing',
    async (method) => {
      const { environment, world, events } = setUp();
      await expect(environment[method]({ signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'OPERATION_CANCELLED',
      });
      expect(world.calls).toEqual([]);
      expect(events).toEqual([]);
    },
  );

  test('the signal of the environment ends every call', async () => {
    const controller = new AbortController();
    const { environment } = setUp(() => ({ observe: () => new Promise(() => undefined) }), controller.signal);
    const observing = environment.observe();
    controller.abort(new Error('enough'));
    await expect(observing).rejects.toMatchObject({ code: 'OPERATION_CANCELLED', kind: 'cancelled' });
  });

  test('a caller who sets a time limit by signal is told so', async () => {
    const { environment } = setUp(() => ({ observe: () => new Promise(() => undefined) }));
    const controller = new AbortController();
    const observing = environment.observe({ signal: controller.signal });
    controller.abort(new DOMException('late', 'TimeoutError'));
    await expect(observing).rejects.toMatchObject({ code: 'OPERATION_TIMED_OUT', kind: 'incomplete' });
  });

  test('a session that opens after the caller has gone is closed again', async () => {
    let open: (session: Session) => void = () => undefined;
    let closed = false;
    const { environment } = setUp(() => ({
      capabilities: ['session'],
      session: () => new Promise<Session>((resolve) => (open = resolve)),
    }));
    const controller = new AbortController();
    const opening = environment.session({}, { signal: controller.signal });
    controller.abort();
    await expect(opening).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    open({ close: () => (closed = true), exited: new Promise(() => undefined) } as unknown as Session);
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(true);
  });
});

describe('nothing secret leaves', () => {
  test('not by an error, its details or any of its causes', async () => {
    const root = Object.assign(new Error(`root ${CANARY}`), { response: { headers: { authorization: CANARY } } });
    const middle = new AggregateError([new Error(`part ${CANARY}`)], `middle ${CANARY}`, { cause: root });
    const { environment, events } = setUp(() => ({
      apply: async () => {
        throw new SindriError({
          code: 'FAKE_NO',
          kind: 'refused',
          message: `said ${CANARY}`,
          hint: `try ${CANARY}`,
          details: { [CANARY]: [CANARY] },
          cause: middle,
        });
      },
    }));
    const error = await environment.apply(await environment.plan()).catch((thrown: unknown) => thrown as SindriError);
    expect(error).toMatchObject({ code: 'FAKE_NO', message: 'said ‹redacted›', hint: 'try ‹redacted›' });
    expect(everything(error)).toContain('root ‹redacted›');
    expect(everything(error)).toContain('part ‹redacted›');
    expect(everything(error)).not.toContain(CANARY);
    expect(everything(events)).not.toContain(CANARY);
  });

  test('not by an event, a result or a log line', async () => {
    const { environment, events } = setUp((base) => ({
      capabilities: ['logs'],
      apply: async (change, context) => {
        context.emit({ type: 'change.progress', change: change.id, message: `using ${CANARY}` });
        return { ...(await base.apply(change, context)), result: { leaked: CANARY } };
      },
      logs: async function* () {
        yield { timestamp: 't', source: 'app', level: 'info', instance: 'i', message: `export TOKEN=${CANARY}` };
      },
    }));
    const report = await environment.apply(await environment.plan());
    const lines = [];
    for await (const line of environment.logs({ follow: false })) lines.push(line);
    expect(lines).toMatchObject([{ message: 'export TOKEN=‹redacted›' }]);
    expect(everything([report, events, lines])).not.toContain(CANARY);
  });

  test('identifiers stay whole, even when a secret is a word in them', async () => {
    const { environment, events } = setUp();
    environment.redactor.add('applied');
    environment.redactor.add('demo');
    const report = await environment.apply(await environment.plan());
    expect(report).toMatchObject({ environment: 'demo', outcomes: [{ status: 'applied' }, { status: 'applied' }] });
    expect(events).toContainEqual(expect.objectContaining({ type: 'change.applied', change: 'a' }));
  });

  test('providers get the values that later changes need', async () => {
    const seen: unknown[] = [];
    const { environment } = setUp((base) => ({
      apply: async (change, context) => {
        seen.push(context.results['a']);
        await base.apply(change, context);
        return { status: 'applied', result: { token: CANARY } };
      },
    }));
    await environment.apply(await environment.plan());
    expect(seen).toEqual([undefined, { token: CANARY }]);
  });
});

describe('events', () => {
  test('a listener that throws, now or later, disturbs nothing', async () => {
    const { environment } = setUp();
    const onEvent = (): void => {
      throw new Error('listener');
    };
    const later = (async () => Promise.reject(new Error('later'))) as unknown as () => void;
    await expect(environment.plan({ onEvent })).resolves.toBeDefined();
    await expect(environment.plan({ onEvent: later })).resolves.toBeDefined();
  });

  test('the end of an operation tells its error', async () => {
    const { environment, events } = setUp(() => ({ check: async () => Promise.reject(new Error('boom')) }));
    await expect(environment.check()).rejects.toMatchObject({ code: 'PROVIDER_BROKEN' });
    expect(events.at(-1)).toMatchObject({
      type: 'operation.finished',
      operation: 'check',
      status: 'failed',
      error: { code: 'PROVIDER_BROKEN' },
    });
  });
});

describe('capabilities', () => {
  test.each([
    ['start', (environment: Environment) => environment.start()],
    ['restart', (environment: Environment) => environment.restart()],
    ['snapshots', (environment: Environment) => environment.snapshots()],
    ['events', (environment: Environment) => environment.events()],
    ['session', (environment: Environment) => environment.session({})],
    ['exec', (environment: Environment) => environment.exec({ command: ['true'] })],
    ['dial', (environment: Environment) => environment.dial({ port: 1 })],
    ['sshTarget', (environment: Environment) => environment.sshTarget()],
    ['logs', async (environment: Environment) => environment.logs({ follow: false })[Symbol.asyncIterator]().next()],
  ])('%s without it', async (what, call) => {
    await expect((call as (environment: Environment) => Promise<unknown>)(setUp().environment)).rejects.toMatchObject({
      code: 'CAPABILITY_UNSUPPORTED',
      message: `The provider "fake" has no "${what}".`,
    });
  });

  test('artifacts without it throws', () => {
    expect(() => setUp().environment.artifacts()).toThrow(expect.objectContaining({ code: 'CAPABILITY_UNSUPPORTED' }));
  });

  test('a provider that can stop but not suspend', async () => {
    const { environment } = setUp(() => ({
      capabilities: ['power'],
      power: {
        start: async () => ({ before: 'stopped', after: 'running' }),
        stop: async () => ({ before: 'running', after: 'stopped' }),
      },
    }));
    await expect(environment.stop()).resolves.toEqual({ before: 'running', after: 'stopped' });
    await expect(environment.suspend()).rejects.toMatchObject({
      code: 'CAPABILITY_UNSUPPORTED',
      kind: 'usage',
      hint: 'Use stop, which ends the processes.',
    });
  });

  test('a provider that can suspend but not stop', async () => {
    const { environment } = setUp(() => ({
      capabilities: ['power'],
      power: {
        start: async () => ({ before: 'suspended', after: 'running' }),
        suspend: async () => ({ before: 'running', after: 'suspended' }),
      },
    }));
    await expect(environment.suspend()).resolves.toEqual({ before: 'running', after: 'suspended' });
    await expect(environment.stop()).rejects.toMatchObject({
      code: 'CAPABILITY_UNSUPPORTED',
      kind: 'usage',
      message: 'The provider "fake" cannot stop an environment: it can only suspend it.',
      hint: 'Use suspend, which keeps memory.',
      details: { provider: 'fake', capability: 'power', member: 'stop', capabilities: ['power'] },
    });
  });

  test('one instance is asked for only where the provider takes one', async () => {
    const asked: unknown[] = [];
    const power = {
      start: async (_spec: unknown, _context: unknown, request: unknown) => {
        asked.push(request);
        return { before: 'stopped', after: 'running' } as const;
      },
      stop: async () => ({ before: 'running', after: 'stopped' }) as const,
    };
    const without = setUp(() => ({ capabilities: ['power'], power }));
    await expect(without.environment.start({ instance: 'second' })).rejects.toMatchObject({
      code: 'CAPABILITY_UNSUPPORTED',
      kind: 'usage',
      details: { capability: 'power', instance: 'second', instanceCapabilities: [] },
    });
    expect(asked).toEqual([]);
    const takes = setUp(() => ({ capabilities: ['power'], power, instanceCapabilities: ['power'] }));
    await takes.environment.start({ instance: 'second' });
    await takes.environment.start();
    expect(asked).toEqual([{ instance: 'second' }, {}]);
  });

  test('a restart is the stop and the start of a provider that has no restart of its own', async () => {
    const calls: string[] = [];
    const told = (name: string, result: PowerResult) => async () => {
      calls.push(name);
      return result;
    };
    const power = {
      start: told('start', { before: 'stopped', after: 'running' }),
      stop: told('stop', { before: 'running', after: 'stopped' }),
    };
    const { environment } = setUp(() => ({ capabilities: ['power'], power }));
    await expect(environment.restart()).resolves.toEqual({ before: 'running', after: 'running' });
    expect(calls).toEqual(['stop', 'start']);

    calls.length = 0;
    const restart = told('restart', { before: 'suspended', after: 'running' });
    const own = setUp(() => ({ capabilities: ['power'], power: { ...power, restart } }));
    await expect(own.environment.restart()).resolves.toEqual({ before: 'suspended', after: 'running' });
    expect(calls).toEqual(['restart']);
  });

  test('a provider that can suspend only cannot restart', async () => {
    const { environment } = setUp(() => ({
      capabilities: ['power'],
      power: {
        start: async () => ({ before: 'suspended', after: 'running' }),
        suspend: async () => ({ before: 'running', after: 'suspended' }),
      },
    }));
    await expect(environment.restart()).rejects.toMatchObject({
      code: 'CAPABILITY_UNSUPPORTED',
      details: { capability: 'power', member: 'stop' },
    });
  });

  test('a restart whose stop fails starts nothing', async () => {
    const started: string[] = [];
    const { environment } = setUp(() => ({
      capabilities: ['power'],
      power: {
        start: async () => {
          started.push('start');
          return { before: 'stopped', after: 'running' };
        },
        stop: async () => {
          throw new SindriError({ code: 'FAKE_ABSENT', kind: 'refused', message: 'There is nothing to stop.' });
        },
      },
    }));
    await expect(environment.restart()).rejects.toMatchObject({ code: 'FAKE_ABSENT' });
    expect(started).toEqual([]);
  });

  test('snapshots and events come from the provider, without the secrets that somebody put into them', async () => {
    const asked: unknown[] = [];
    const { environment } = setUp(() => ({
      capabilities: ['snapshots', 'events'],
      snapshots: {
        intents: ['snapshot.create'],
        async list(spec, context) {
          context.hide('hunter2-of-the-platform');
          const volume = `home of ${spec.name} hunter2-of-the-platform`;
          return [{ id: 'snap-1', volume, createdAt: null, sizeGb: 1, state: 'ready', expiresAt: null }];
        },
      },
      async events(_spec, request, context) {
        asked.push(request);
        context.hide('hunter2-of-the-platform');
        const message = 'started by hunter2-of-the-platform';
        return [{ at: '2026-01-01T00:00:00.000Z', kind: 'started', cause: 'user', message }];
      },
    }));
    const snapshots = await environment.snapshots();
    expect(snapshots).toMatchObject([{ id: 'snap-1', sizeGb: 1, state: 'ready' }]);
    const events = await environment.events({ tail: 3, sinceMs: undefined });
    expect(events).toMatchObject([{ kind: 'started', cause: 'user' }]);
    expect(asked).toStrictEqual([{ tail: 3 }]);
    expect(JSON.stringify([snapshots, events])).not.toContain('hunter2');
    await expect(environment.events({ tail: -1 })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('a mode of session that is not offered never reaches the provider', async () => {
    const opened: unknown[] = [];
    const { environment } = setUp(() => ({
      capabilities: ['session'],
      sessionModes: ['terminal'],
      async session(_spec, request) {
        opened.push(request);
        return { exited: new Promise(() => undefined), close: () => undefined } as unknown as Session;
      },
    }));
    await expect(environment.session({ command: 'ls' })).rejects.toMatchObject({ code: 'CAPABILITY_UNSUPPORTED' });
    expect(opened).toEqual([]);
    const request = { terminal: { type: 'xterm', columns: 80, rows: 24 } };
    await environment.session(request);
    expect(opened).toEqual([request]);
  });

  test('each call reaches the provider with the spec and a context', async () => {
    const stream: Duplex = new PassThrough();
    const { environment } = setUp(() => ({
      capabilities: ['exec', 'dial', 'artifacts'],
      exec: async (spec, { command }, { stateDir }) => ({
        exitCode: 0,
        stdout: [spec.name, ...command, stateDir].join(' '),
        stderr: '',
      }),
      dial: async () => stream,
      artifacts: ({ name }) => [{ name: `${name}.toml`, mediaType: 'application/toml', content: '' }],
    }));
    await expect(environment.exec({ command: ['echo'] })).resolves.toMatchObject({ stdout: 'demo echo /nowhere' });
    await expect(environment.dial({ port: 80 })).resolves.toBe(stream);
    expect(environment.artifacts()).toMatchObject([{ name: 'demo.toml' }]);
    stream.destroy();
  });

  test('an abort ends following the logs, without an error', async () => {
    const controller = new AbortController();
    const { environment } = setUp(() => ({
      capabilities: ['logs'],
      logs: async function* () {
        yield { timestamp: 't', source: 'app', level: 'info', instance: 'i', message: 'one' };
        await new Promise(() => undefined);
      },
    }));
    const lines: string[] = [];
    for await (const { message } of environment.logs({ follow: true }, { signal: controller.signal })) {
      lines.push(message);
      controller.abort();
    }
    expect(lines).toEqual(['one']);
  });
});

/** All text in a value, also what JSON leaves out: causes, stacks, symbols' values. */
function everything(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (seen.has(value)) return '';
  seen.add(value);
  return Reflect.ownKeys(value)
    .map((key) => `${String(key)} ${everything((value as Record<PropertyKey, unknown>)[key], seen)}`)
    .join('\n');
}
