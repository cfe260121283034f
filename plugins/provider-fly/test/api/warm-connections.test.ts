import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { request, type Dispatcher } from 'undici';
import { createDispatcherSource, warmUp } from '../../src/api/dispatcher';
import { createSend } from '../../src/api/send';
import { testContext } from '../support/context';

describe('connections that are opened before they are needed', () => {
  let server: Server;
  let origin: URL;
  let dispatcher: Dispatcher;
  let opened = 0;

  beforeEach(async () => {
    opened = 0;
    server = createServer(({ url }, response) => response.end(url === '/' ? 'ok' : '{"name":"demo"}')).on(
      'connection',
      () => (opened += 1),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    dispatcher = createDispatcherSource()({ env: {} });
  });

  afterEach(async () => {
    await dispatcher.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const get = async (): Promise<string> => (await request(origin, { dispatcher })).body.text();
  const until = async (count: number): Promise<void> => {
    while (opened < count) await setImmediate();
  };

  it('serve the requests that follow', async () => {
    warmUp(dispatcher, origin, 2);
    await until(2);
    expect(await Promise.all([get(), get()])).toEqual(['ok', 'ok']);
    expect(opened).toBe(2);
  });

  it('are taken while they are still on their way', async () => {
    warmUp(dispatcher, origin, 1);
    expect(await get()).toBe('ok');
    expect(opened).toBe(1);
  });

  it('are kept: a call right after another one goes the same way', async () => {
    const context = testContext({ env: { FLY_FLAPS_BASE_URL: origin.origin } });
    const send = createSend({ context, dispatcher, credentials: null });
    for (let turn = 0; turn < 5; turn++) await send('getApp', { params: { app: 'demo' } });
    expect(opened).toBe(1);
    context.remove();
  });

  it('that the server has closed meanwhile are nobody’s concern', async () => {
    warmUp(dispatcher, origin, 1);
    await until(1);
    server.closeAllConnections();
    await setImmediate();
    expect(await get()).toBe('ok');
  });

  it('that cannot be opened leave it to the request to say so', async () => {
    const nobody = new URL('http://127.0.0.1:1');
    warmUp(dispatcher, nobody, 2);
    await expect(request(nobody, { dispatcher })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
