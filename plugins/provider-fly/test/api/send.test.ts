import { createRedactor, type Redactor, type SindriError } from '@sindri/core';
import { Agent } from 'undici';
import { createSend, type Send } from '../../src/api/send';
import { findToken } from '../../src/auth/sources';
import { jumpingClock, testContext, type TestContext } from '../support/context';
import { startScriptedFly, type ScriptedFly } from '../support/scripted-fly';

const secret = 'fo1_averysecrettoken';

describe('send', () => {
  let fly: ScriptedFly;
  let context: TestContext;
  let clock: ReturnType<typeof jumpingClock>;
  let dispatcher: Agent;
  let redactor: Redactor;

  const start = async (...script: Parameters<typeof startScriptedFly>): Promise<Send> => {
    fly = await startScriptedFly(...script);
    clock = jumpingClock();
    context = testContext({ clock, env: { FLY_FLAPS_BASE_URL: fly.url, FLY_API_BASE_URL: fly.url } });
    dispatcher = new Agent();
    redactor = createRedactor();
    const credentials = await findToken({ ...context, env: { FLY_API_TOKEN: secret }, hide: redactor.add });
    return createSend({ context, dispatcher, credentials });
  };

  afterEach(async () => {
    await dispatcher.close();
    await fly.stop();
    context.remove();
  });

  const methods = (): string[] => fly.seen.map(({ method, path }) => `${method} ${path}`);

  it('fills in path, query, headers and body', async () => {
    const send = await start([{ body: { ok: true } }]);
    await send('waitMachine', {
      params: { app: 'a/b', machine: 'm1' },
      query: { state: ['started', 'stopped'], timeout: 5, version: undefined },
    });
    await send('setSecrets', { params: { app: 'demo' }, body: { values: { A: 'b' } }, nonce: 'n1' });
    expect(methods()).toEqual([
      'GET /v1/apps/a%2Fb/machines/m1/wait?state=started&state=stopped&timeout=5',
      'POST /v1/apps/demo/secrets',
    ]);
    expect(fly.seen[1]).toMatchObject({
      body: { values: { A: 'b' } },
      headers: {
        authorization: `Bearer ${secret}`,
        'fly-machine-lease-nonce': 'n1',
        'content-type': 'application/json',
      },
    });
  });

  it.each([408, 429, 500, 502, 503])('repeats a read on %i, with growing pauses', async (status) => {
    const send = await start([
      { status, body: { error: 'x' } },
      { status, body: { error: 'x' } },
      { body: { name: 'demo' } },
    ]);
    expect(await send('getApp', { params: { app: 'demo' } })).toEqual({ name: 'demo' });
    expect(fly.seen).toHaveLength(3);
    expect(clock.slept).toHaveLength(2);
    expect(clock.slept[1]).toBeGreaterThan(clock.slept[0] as number);
    expect(context.events.filter(({ type }) => type === 'api.retry')).toHaveLength(2);
  });

  it('repeats a read whose connection broke', async () => {
    const send = await start([{ hangUp: true }, { body: { name: 'demo' } }]);
    expect(await send('getApp', { params: { app: 'demo' } })).toEqual({ name: 'demo' });
  });

  it('gives a read up after a few tries', async () => {
    const send = await start([{ status: 500, body: { error: 'boom' } }]);
    await expect(send('getApp', { params: { app: 'demo' } })).rejects.toMatchObject({
      code: 'FLY_API_ERROR',
      kind: 'incomplete',
      retryable: true,
      outcomeUnknown: false,
    });
    expect(fly.seen.length).toBeGreaterThan(2);
  });

  it.each([
    [{ status: 500, body: {} }, 'FLY_API_ERROR'],
    [{ status: 408, body: {} }, 'FLY_TIMED_OUT'],
    [{ hangUp: true }, 'FLY_UNREACHABLE'],
    [{ status: 200, body: '<html>a captive portal</html>' }, 'FLY_UNREACHABLE'],
  ])('never repeats a create by itself: %j', async (answer, code) => {
    const send = await start([answer]);
    await expect(send('createMachine', { params: { app: 'demo' }, body: {} })).rejects.toMatchObject({
      code,
      outcomeUnknown: true,
    });
    expect(fly.seen).toHaveLength(1);
  });

  it('repeats a create that was only rate-limited, after what Retry-After says', async () => {
    const machine = { id: 'm1', name: 'demo-1', state: 'created', region: 'sjc', config: {} };
    const send = await start([{ status: 429, headers: { 'retry-after': '7' }, body: {} }, { body: machine }]);
    expect(await send('createMachine', { params: { app: 'demo' }, body: {} })).toEqual(machine);
    expect(clock.slept).toEqual([7_000]);
  });

  it('repeats a create that certainly never left', async () => {
    const send = await start([{}]);
    await fly.stop();
    await expect(send('createApp', { params: { app: 'demo' }, body: {} })).rejects.toMatchObject({
      code: 'FLY_UNREACHABLE',
      outcomeUnknown: false,
      details: { cause: 'ECONNREFUSED' },
    });
    expect(clock.slept.length).toBeGreaterThan(0);
  });

  it('never shows the token: not in errors, not in events', async () => {
    const send = await start([{ status: 422, body: { error: `no such thing as Bearer ${secret}` } }]);
    const failure: SindriError = await send('createVolume', { params: { app: 'demo' }, body: {} }).then(
      () => Promise.reject(new Error('no refusal')),
      (error: SindriError) => error,
    );
    // As core hands them on: test/contract/secrecy shows that nothing leaves in another way.
    const shown = JSON.stringify(redactor.value([failure.toJSON(), failure.message, failure.stack, context.events]));
    expect(shown).toContain('no such thing');
    expect(shown).not.toContain('averysecret');
  });

  it('passes on of a refusal what can be read, and no orders to a terminal', async () => {
    const orders = [
      '\u001b[31m',
      '\u001b[1;2H',
      '\u001b]0;title\u0007',
      '\u001b]8;;http://x\u001b\\',
      '\u0000',
      '\u009b',
    ];
    const send = await start([{ status: 422, body: { error: `no ${orders.join('')}such thing\u001b[0m` } }]);
    await expect(send('createVolume', { params: { app: 'demo' }, body: {} })).rejects.toThrow('no such thing');
  });

  it('reports each try with status, time and request id, and no query', async () => {
    const send = await start([{ body: { data: [] } }]);
    await send('readLogs', { params: { app: 'demo' }, query: { next_token: '17' } });
    expect(context.events).toEqual([
      {
        type: 'api.request',
        method: 'GET',
        path: '/api/v1/apps/demo/logs',
        status: 200,
        elapsedMs: expect.any(Number),
        attempt: 1,
        requestId: 'req-0',
      },
    ]);
  });

  it('stops with the caller’s reason, also in a pause', async () => {
    fly = await startScriptedFly([{ status: 500, body: {} }]);
    dispatcher = new Agent();
    const controller = new AbortController();
    const reason = new Error('enough');
    context = testContext({
      signal: controller.signal,
      env: { FLY_FLAPS_BASE_URL: fly.url },
      clock: {
        now: () => 0,
        sleep: (_ms, signal) => {
          controller.abort(reason);
          return Promise.reject(signal?.reason as Error);
        },
      },
    });
    const send = createSend({ context, dispatcher, credentials: null });
    await expect(send('listRegions', { params: {} })).rejects.toBe(reason);
    await expect(send('listRegions', { params: {} })).rejects.toBe(reason);
    expect(fly.seen).toHaveLength(1);
  });

  it('refuses a base address that is none', async () => {
    const send = await start([{}]);
    const broken = createSend({
      context: { ...context, env: { FLY_FLAPS_BASE_URL: 'ftp://somewhere' } },
      dispatcher,
      credentials: null,
    });
    await expect(broken('listRegions', { params: {} })).rejects.toMatchObject({
      code: 'FLY_BASE_URL_INVALID',
      kind: 'usage',
    });
    expect(send).toBeDefined();
  });
});
