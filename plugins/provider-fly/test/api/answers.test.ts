import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { ownTime } from '../../../../test/own-time';
import { appsApi } from '../../src/api/apps';
import { machinesApi } from '../../src/api/machines';
import { LONGEST_ERROR_BODY } from '../../src/api/answer-shapes';
import { createSend, type Send } from '../../src/api/send';
import { jumpingClock, testContext, type TestContext } from '../support/context';

/** An answer as it comes, and the limits that it meets. */
describe('an answer is believed only when it is one', () => {
  let server: Server;
  let dispatcher: Agent;
  let context: TestContext;
  let requests: number;

  const start = async (answer: (response: ServerResponse) => void, totalMs?: number): Promise<Send> => {
    requests = 0;
    server = createServer((request, response) => {
      requests++;
      request.resume();
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    dispatcher = new Agent();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    context = testContext({ clock: jumpingClock(), env: { FLY_FLAPS_BASE_URL: url, FLY_API_BASE_URL: url } });
    return createSend({ context, dispatcher, credentials: null, ...(totalMs === undefined ? {} : { totalMs }) });
  };
  const json = (status: number, body: unknown) => (response: ServerResponse) => {
    response.writeHead(status, { 'fly-request-id': 'req-7' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const refusal = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => 'no refusal',
      (error: unknown) => error,
    );

  afterEach(async () => {
    await dispatcher.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    context.remove();
  });

  it.each([null, {}, [], 'text', 7, true, { name: null }, { name: '../../v1' }])('%j is no app', async (body) => {
    const send = await start(json(200, JSON.stringify(body)));
    expect(await refusal(appsApi(send).get('demo'))).toMatchObject({
      code: 'FLY_ANSWER_UNEXPECTED',
      kind: 'incomplete',
      message: expect.stringMatching(/is not what Fly sends .*getApp, request req-7/),
      details: { endpoint: 'getApp', requestId: 'req-7', status: 200 },
    });
    expect(requests).toBe(1);
  });

  it('an empty success is none where something must be told', async () => {
    const send = await start(json(200, ''));
    expect(await refusal(machinesApi(send).list('demo'))).toMatchObject({ code: 'FLY_ANSWER_UNEXPECTED' });
  });

  it('a write with such an answer may have happened', async () => {
    const send = await start(json(200, {}));
    expect(await refusal(send('createVolume', { params: { app: 'demo' }, body: {} }))).toMatchObject({
      code: 'FLY_ANSWER_UNEXPECTED',
      outcomeUnknown: true,
    });
  });

  it('an id that is a way to somewhere else is none', async () => {
    const machine = { id: '../../apps/other', name: 'x', state: 'started', region: 'sjc' };
    const send = await start(json(200, [machine]));
    expect(await refusal(machinesApi(send).list('demo'))).toMatchObject({
      code: 'FLY_ANSWER_UNEXPECTED',
      message: expect.stringContaining('[0].id is text that is not an id'),
    });
  });

  it.each([
    ['an event', { events: [{ type: 'start', timestamp: 1.8e18 }] }, '[0].events[0].timestamp'],
    ['a lease', { lease: { expires_at: 1e13 } }, '[0].lease.expires_at'],
    ['the end of a lease', { lease: { expires_at: 'soon' } }, '[0].lease.expires_at'],
  ])('a time that no calendar has is none, in %s', async (_what, members, where) => {
    const send = await start(json(200, [{ id: 'm1', name: 'x', state: 'started', region: 'sjc', ...members }]));
    expect(await refusal(machinesApi(send).list('demo'))).toMatchObject({
      code: 'FLY_ANSWER_UNEXPECTED',
      message: expect.stringContaining(`${where} is`),
    });
  });

  it('a refusal of whoever sends no token does not speak of one', async () => {
    const send = await start(json(401, { error: 'unauthorized' }));
    expect(await refusal(send('listRegions', { params: {} }))).toMatchObject({
      code: 'FLY_TOKEN_REFUSED',
      message: expect.stringMatching(/ wants a token of whoever asks to list the regions, and none was sent\.$/),
      hint: expect.not.stringContaining('expired'),
    });
  });

  it('nesting without end is none', async () => {
    const send = await start(json(200, `{"name":"demo","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`));
    expect(await refusal(appsApi(send).get('demo'))).toMatchObject({ code: 'FLY_ANSWER_UNEXPECTED' });
  });

  it.each([
    ['404 page not found', 'FLY_ENDPOINT_MISSING'],
    ['<html><title>404 Not Found</title></html>', 'FLY_ENDPOINT_MISSING'],
    [{ message: 'Not Found' }, 'FLY_ENDPOINT_MISSING'],
    [{ error: 'no Route matched with those values' }, 'FLY_ENDPOINT_MISSING'],
    ['', 'FLY_ENDPOINT_MISSING'],
    [{}, 'FLY_ENDPOINT_MISSING'],
  ])('a 404 that says %j is no absence', async (body, code) => {
    const send = await start(json(404, body));
    for (const call of [
      () => appsApi(send).get('demo'),
      () => appsApi(send).delete('demo', { force: false }),
      () => machinesApi(send).get('demo', 'm1'),
    ]) {
      expect(await refusal(call())).toMatchObject({ code, hint: expect.stringContaining('FLY_FLAPS_BASE_URL') });
    }
  });

  it.each(['Could not find App "demo"', 'not_found: machine not found', 'app not found', 'lease not found'])(
    'a 404 that says %j is',
    async (error) => {
      const send = await start(json(404, { error }));
      expect(await appsApi(send).get('demo')).toBeNull();
    },
  );

  it.each([
    ['a success', 200, 4, 'createVolume', true],
    ['a refusal', 422, 1, 'createVolume', false],
    ['a failure', 500, 1, 'createVolume', true],
    ['a read', 200, 32, 'listMachines', false],
  ] as const)('%s without end is given up at its limit', async (_what, status, limitMib, endpoint, outcomeUnknown) => {
    let sent = 0;
    const send = await start((response) => {
      response.writeHead(status);
      const chunk = Buffer.alloc(256 * 1024, 'a');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more);
      more();
    });
    expect(await refusal(send(endpoint, { params: { app: 'demo' } }))).toMatchObject({
      code: 'FLY_ANSWER_TOO_LARGE',
      message: expect.stringContaining(`larger than ${limitMib} MiB`),
      outcomeUnknown,
    });
    expect(sent).toBeLessThan((limitMib + 16) * 1024 * 1024);
    expect(requests).toBe(1);
  });

  it('one that says how long it is need not be read', async () => {
    const send = await start((response) => {
      response.writeHead(500, { 'content-length': String(LONGEST_ERROR_BODY + 1) });
      response.write('x');
    });
    expect(await refusal(send('getApp', { params: { app: 'demo' } }))).toMatchObject({ code: 'FLY_ANSWER_TOO_LARGE' });
  });

  it.each([
    ['listMachines', false],
    ['createVolume', true],
  ] as const)('one that trickles in ends: %s', async (endpoint, outcomeUnknown) => {
    const timers: NodeJS.Timeout[] = [];
    const send = await start((response) => {
      response.writeHead(200);
      timers.push(setInterval(() => response.write(' '), 20));
    }, 300);
    const time = ownTime();
    expect(await refusal(send(endpoint, { params: { app: 'demo' } }))).toMatchObject({
      code: 'FLY_ANSWER_TOO_SLOW',
      message: expect.stringContaining('not complete after 0.3 s'),
      outcomeUnknown,
    });
    timers.forEach(clearInterval);
    time.stop();
    expect(time.elapsedMs()).toBeLessThan(5_000);
    expect(requests).toBe(1);
  });
});
