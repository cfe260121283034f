import type { IncomingMessage, ServerResponse } from 'node:http';
import { image, openRegistries, repository } from './support/registries.js';

const registries = openRegistries();
const { given } = registries;
const signal = new AbortController().signal;
const user = { username: 'ann', password: 'pass:word-1' };

afterAll(() => registries.end());

describe('signing in', () => {
  it.each(['basic', 'token'] as const)('answers a challenge: %s', async (signIn) => {
    const asked: string[] = [];
    const hidden: string[] = [];
    const { registry, client } = await given(
      { user, signIn },
      {
        credentials: async (host) => {
          asked.push(host);
          return user;
        },
        hide: (value) => hidden.push(value),
      },
    );
    registry.image('team/app', '1');
    await client.manifest(image(registry, 'team/app:1'), { signal });
    await client.tags(repository(registry, 'team/app'), { signal });
    expect(asked).toEqual([registry.host]);
    expect(hidden).toContain(user.password);
    // The second call brings what the first has learnt.
    expect(registry.requests).toHaveLength(signIn === 'basic' ? 3 : 4);
  });

  it('says that nobody is signed in', async () => {
    const { registry, client } = await given({ user, signIn: 'token' });
    registry.image('team/app', '1');
    await expect(client.manifest(image(registry, 'team/app:1'), { signal })).rejects.toMatchObject({
      code: 'REGISTRY_AUTH',
      kind: 'auth',
      details: { signedIn: false },
    });
  });

  it('exchanges an identity token by a form, never in an address', async () => {
    const { registry, client } = await given(
      { user, signIn: 'token' },
      { credentials: async () => ({ identityToken: 'refresh-secret' }) },
    );
    registry.image('team/app', '1');
    let form = '';
    registry.intercept(
      (line) => line.startsWith('POST /token'),
      (request, response) => {
        request.on('data', (chunk: Buffer) => (form += chunk.toString()));
        request.on('end', () => response.end('{"access_token":"token-of-ann"}'));
      },
    );
    await expect(client.manifest(image(registry, 'team/app:1'), { signal })).resolves.toBeDefined();
    expect(new URLSearchParams(form).get('refresh_token')).toBe('refresh-secret');
    expect(JSON.stringify(registry.requests)).not.toContain('refresh-secret');
  });

  it('gives nothing to where a redirect leads', async () => {
    const store = await given();
    const { registry, client } = await given({ user }, { credentials: async () => user });
    const digest = store.registry.blob('the layer');
    registry.intercept(
      (line) => line.includes('/blobs/'),
      (request, response) => {
        if (request.headers.authorization === undefined) {
          return void response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
        }
        const location = `http://${store.registry.host}/v2/any/blobs/${digest}?signature=1`;
        response.writeHead(307, { location }).end();
      },
    );
    await expect(client.blob(repository(registry, 'team/app'), digest, { signal })).resolves.toEqual(
      Buffer.from('the layer'),
    );
    expect(store.registry.requests).toEqual([{ line: `GET /v2/any/blobs/${digest}?signature=1`, authorization: null }]);
  });

  it.each([
    ['plain HTTP elsewhere', 'http://registry.example/token'],
    ['credentials in the address', 'https://a:b@registry.example/token'],
    ['no address', 'token'],
  ])('asks no token service with %s', async (_what, realm) => {
    const { registry, client } = await given({}, { credentials: async () => user });
    registry.intercept(
      () => true,
      (_request: IncomingMessage, response: ServerResponse) =>
        void response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end(),
    );
    await expect(client.manifest(image(registry, 'a/b:1'), { signal })).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER',
    });
  });

  it.each([
    ['an address that is not encrypted', 'http://registry.example/x'],
    ['credentials', 'https://a:b@registry.example/x'],
  ])('follows no redirect with %s', async (_what, location) => {
    const { registry, client } = await given();
    registry.intercept(
      () => true,
      (_request, response) => void response.writeHead(302, { location }).end(),
    );
    await expect(client.manifest(image(registry, 'a/b:1'), { signal })).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER',
    });
  });
});
