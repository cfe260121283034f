import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Agent, request } from 'undici';
import { createDispatcherSource } from '../../src/api/dispatcher';
import { startScriptedFly, type ScriptedFly } from '../support/scripted-fly';

describe('the way out', () => {
  let fly: ScriptedFly;
  let proxy: Server;
  let proxyUrl: string;
  const tunnels: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const sockets = new Set<Socket>();

  beforeEach(async () => {
    fly = await startScriptedFly([{ body: { ok: true } }]);
    const target = new URL(fly.url);
    tunnels.length = 0;
    authorizations.length = 0;
    proxy = createServer();
    proxy.on('connect', ({ url = '', headers }, client: Socket) => {
      tunnels.push(url);
      authorizations.push(headers['proxy-authorization']);
      const upstream = connect(Number(target.port), target.hostname, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(client).pipe(upstream);
      });
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
      }
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await new Promise((resolve) => proxy.close(resolve));
    await fly.stop();
  });

  const get = async (url: string, env: Record<string, string>): Promise<number> => {
    const dispatcher = createDispatcherSource()({ env });
    const { statusCode, body } = await request(url, { dispatcher });
    await body.dump();
    await dispatcher.close();
    return statusCode;
  };

  it('goes through HTTP_PROXY', async () => {
    expect(await get('http://flaps.example/v1/apps', { HTTP_PROXY: proxyUrl })).toBe(200);
    expect(tunnels).toEqual(['flaps.example:80']);
  });

  it('goes through a proxy without a scheme, with a user whose password is odd', async () => {
    const place = new URL(proxyUrl).host;
    expect(await get('http://flaps.example/v1/apps', { http_proxy: '', HTTP_PROXY: `me:pa#ss@${place}` })).toBe(200);
    expect(tunnels).toEqual(['flaps.example:80']);
    expect(authorizations).toEqual([`Basic ${Buffer.from('me:pa#ss').toString('base64')}`]);
  });

  it('refuses what cannot be a proxy before anything is sent', () => {
    expect(() => createDispatcherSource()({ env: { HTTPS_PROXY: 'socks5://127.0.0.1:9' } })).toThrow(
      expect.objectContaining({ code: 'FLY_PROXY_INVALID' }),
    );
  });

  it('never sends loopback through a proxy', async () => {
    expect(await get(`${fly.url}/v1/apps`, { HTTP_PROXY: proxyUrl })).toBe(200);
    expect(tunnels).toEqual([]);
  });

  it('honours NO_PROXY', async () => {
    await expect(get('http://flaps.invalid/', { HTTP_PROXY: proxyUrl, NO_PROXY: 'flaps.invalid' })).rejects.toThrow();
    expect(tunnels).toEqual([]);
  });

  it('takes the caller’s own dispatcher', async () => {
    const own = new Agent();
    expect(createDispatcherSource()({ env: { HTTP_PROXY: proxyUrl }, dispatcher: own })).toBe(own);
    await own.close();
  });
});
