import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readVault } from '../src/index';

const TOKEN = 'hvs.test-token-1234';
const SECRETS: Record<string, unknown> = {
  '/v1/secret/data/team/app': { data: { data: { KEY: 'first\nsecond # line', PORT: 5432 }, metadata: { version: 3 } } },
  '/v1/kv/data/a%20b': { data: { data: { KEY: 'spaced' } } },
  '/v1/secret/data/version1': { data: { KEY: 'old store' } },
};

describe('reading from a vault', () => {
  let server: Server;
  let asked: { url: string; headers: Record<string, unknown> }[];
  let failures: number[];
  const waits: number[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = request.url ?? '';
      asked.push({ url, headers: request.headers });
      const failure = failures.shift();
      if (failure !== undefined) return void response.writeHead(failure, { location: '/elsewhere' }).end();
      if (request.headers['x-vault-token'] !== TOKEN)
        return void response.writeHead(403).end('{"errors":["permission denied"]}');
      if (url === '/v1/secret/data/gone') {
        return void response
          .writeHead(404)
          .end('{"data":{"data":null,"metadata":{"deletion_time":"2026-01-01T00:00:00Z"}}}');
      }
      if (url === '/v1/secret/data/proxy') return void response.writeHead(404).end('<html>no such page</html>');
      if (url.startsWith('/v1/nokv/')) {
        return void response
          .writeHead(404)
          .end('{"errors":["no handler for route \\"nokv/data/x\\". route entry not found."]}');
      }
      if (SECRETS[url] === undefined) return void response.writeHead(404).end('{"errors":[]}');
      response.end(JSON.stringify(SECRETS[url]));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    asked = [];
    failures = [];
    waits.length = 0;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const read = (path: string, env: Record<string, string> = {}, mount = 'secret') =>
    readVault(
      { mount, path },
      {
        env: { VAULT_ADDR: address(), VAULT_TOKEN: TOKEN, ...env },
        signal: new AbortController().signal,
        hide: () => undefined,
      },
      { sleep: async (ms) => void waits.push(ms) },
    );

  test('a secret is found with all its keys, whatever is in them', async () => {
    expect(await read('team/app', { VAULT_NAMESPACE: 'admin/team' })).toEqual({
      status: 'found',
      data: { KEY: 'first\nsecond # line', PORT: 5432 },
      place: `Vault at ${address()}`,
    });
    expect(asked[0]?.headers).toMatchObject({ 'x-vault-namespace': 'admin/team', 'x-vault-request': 'true' });
    expect(await read('a b', {}, 'kv')).toMatchObject({ status: 'found' });
    await read('../../sys/seal');
    expect(asked.map(({ url }) => url)).toContain('/v1/secret/data/sys/seal');
  });

  test.each([
    ['not there', 'nosuch', {}, { status: 'missing', reason: 'not there' }],
    ['deleted', 'gone', {}, { status: 'missing', reason: 'it was deleted' }],
    ['of another store', 'version1', {}, { status: 'failed', reason: expect.stringContaining('version 2') }],
    [
      'forbidden',
      'team/app',
      { VAULT_TOKEN: 'wrong' },
      { status: 'failed', reason: expect.stringContaining('VAULT_TOKEN') },
    ],
    ['asked with no address', 'team/app', { VAULT_ADDR: '' }, { status: 'failed', reason: 'VAULT_ADDR is not set' }],
    [
      'asked with neither',
      'x',
      { VAULT_ADDR: '', VAULT_TOKEN: ' ' },
      { status: 'failed', reason: 'VAULT_ADDR and VAULT_TOKEN are not set' },
    ],
    [
      'asked at no address',
      'x',
      { VAULT_ADDR: 'vault:8200' },
      { status: 'failed', reason: expect.stringContaining('no address') },
    ],
    ['asked with half a token', 'x', { VAULT_TOKEN: 'a\nb' }, { status: 'failed', reason: 'VAULT_TOKEN is no token' }],
  ])('one that is %s', async (_what, path, env, expected) => {
    const answer = await read(path, env);
    expect(answer).toEqual(expected);
    expect(JSON.stringify(answer)).not.toContain(TOKEN);
  });

  test('a 404 that is not about the secret does not make it absent', async () => {
    expect(await read('x', {}, 'nokv')).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/mount.*404/),
    });
    expect(await read('proxy')).toMatchObject({ status: 'failed', reason: expect.stringMatching(/not as a vault/) });
  });

  test('a server without TLS is told as such, once', async () => {
    const env = { VAULT_ADDR: address().replace('http:', 'https:') };
    expect(await read('team/app', env)).toMatchObject({ reason: expect.stringMatching(/does not speak TLS/) });
    expect(waits).toEqual([]);
  });

  test('what the server cannot do is tried again, and then told', async () => {
    failures = [500, 429];
    expect(await read('team/app')).toMatchObject({ status: 'found' });
    expect(waits).toEqual([500, 1000]);
    failures = [503, 503, 503];
    expect(await read('team/app')).toMatchObject({ status: 'failed', reason: expect.stringContaining('sealed') });
    failures = [];
    const silent = await read('team/app', { VAULT_ADDR: 'http://127.0.0.1:1' });
    expect(silent).toMatchObject({ status: 'failed', reason: expect.stringContaining('does not answer') });
  });

  test('a redirect is not followed: the token is for one address', async () => {
    failures = [307];
    expect(await read('team/app')).toMatchObject({ status: 'failed', reason: expect.stringContaining('307') });
    expect(asked).toHaveLength(1);
  });

  test('an abort ends it', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    const env = { VAULT_ADDR: address(), VAULT_TOKEN: TOKEN };
    const ended = readVault({ mount: 'secret', path: 'x' }, { env, signal: controller.signal, hide: () => undefined });
    await expect(ended).rejects.toThrow('enough');
  });
});
