import { createServer } from 'node:net';
import { listenForCallback, type CallbackServer } from '../../../src/auth/sign-in/callback-server';

describe('listenForCallback', () => {
  let server: CallbackServer;
  let codes: string[];
  const ask = (target: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${target}`, init);

  beforeEach(async () => {
    codes = [];
    server = await listenForCallback({
      state: 'right',
      async onCode(code) {
        codes.push(code);
        return code === 'good';
      },
    });
  });
  afterEach(() => server.close());

  it('says yes to a page of another origin, also before it asks', async () => {
    const preflight = await ask('/callback', {
      method: 'OPTIONS',
      headers: { origin: 'https://fly.io', 'access-control-request-private-network': 'true' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-private-network')).toBe('true');
    const told = await ask('/callback?state=right&code=good', { headers: { origin: 'https://fly.io' } });
    expect([told.status, told.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    expect(codes).toEqual(['good']);
  });

  it.each([
    ['/callback?state=wrong&code=good', 400],
    ['/callback?state=righ&code=good', 400],
    ['/callback?code=good', 400],
    ['/callback?state=right', 400],
    ['/callback?state=right&code=%20', 400],
    [`/callback?state=right&code=${'x'.repeat(2_000)}`, 400],
    ['/', 404],
    ['/callback/../etc', 404],
    ['//callback?state=right&code=good', 404],
  ])('%s is %s, and no code', async (target, status) => {
    expect((await ask(target)).status).toBe(status);
    expect(codes).toEqual([]);
  });

  it('tells the page when a code was not accepted, and listens on', async () => {
    expect((await ask('/callback?state=right&code=bad')).status).toBe(400);
    expect((await ask('/callback?state=right&code=good', { method: 'POST' })).status).toBe(405);
    expect((await ask('/callback?state=right&code=good')).status).toBe(200);
    expect(codes).toEqual(['bad', 'good']);
  });

  it('rejects when the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await expect(listenForCallback({ state: 'x', onCode: async () => true, port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    other.close();
  });
});
