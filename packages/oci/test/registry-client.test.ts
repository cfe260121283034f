import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent } from 'undici';
import type { Clock } from '@sindri/core';
import { createRegistryClient, readReference, type RegistryClient, type RegistryClientOptions } from '../src/index.js';
import { findProgram, testIfInstalled } from '../../../test/system-component.js';
import { registryProgram, startDebianRegistry } from './support/debian-registry.js';
import { startRegistry, type TestRegistry, type TestRegistryOptions } from './support/registry.js';

const dispatcher = new Agent();
const open: TestRegistry[] = [];
const signal = new AbortController().signal;

afterAll(async () => {
  await Promise.all([...open.map((registry) => registry.stop()), dispatcher.close()]);
});

async function given(
  options: TestRegistryOptions = {},
  more: Partial<RegistryClientOptions> = {},
): Promise<{ registry: TestRegistry; client: RegistryClient }> {
  const registry = await startRegistry(options);
  open.push(registry);
  return { registry, client: createRegistryClient({ dispatcher, ...more }) };
}

/** A clock whose time passes only while somebody sleeps. */
function virtualClock(): Clock & { slept: number[] } {
  const slept: number[] = [];
  let now = Date.parse('2026-01-01T00:00:00Z');
  return {
    slept,
    now: () => now,
    async sleep(ms) {
      slept.push(ms);
      now += ms;
    },
  };
}

const image = (registry: TestRegistry, name: string) => readReference(`${registry.host}/${name}`);
const repository = (registry: TestRegistry, path: string) => ({ host: registry.host, path });
const user = { username: 'ann', password: 'pass:word-1' };

describe('manifests', () => {
  it('finds the digest that a tag points to, and the platforms of an index', async () => {
    const { registry, client } = await given();
    const digest = registry.image('team/app', '1.2.3');
    const manifest = await client.manifest(image(registry, 'team/app:1.2.3'), { signal });
    expect(manifest.digest).toBe(digest);
    expect(manifest.content.manifests?.map(({ platform }) => platform?.architecture)).toEqual(['amd64', 'arm64']);
  });

  it('refuses bytes that are not those of the digest', async () => {
    const { registry, client } = await given();
    const digest = registry.image('team/app', '1');
    registry.intercept(
      (line) => line.includes('/manifests/'),
      (_request, response) => void response.end(JSON.stringify({ schemaVersion: 2, manifests: [] })),
    );
    const failure = client.manifest(image(registry, `team/app@${digest}`), { signal });
    await expect(failure).rejects.toMatchObject({ code: 'IMAGE_DIGEST_MISMATCH', kind: 'policy' });
  });

  it('waits for what was just pushed, as long as it is told to', async () => {
    const clock = virtualClock();
    const { registry, client } = await given({}, { clock });
    registry.image('team/app', 'new');
    let missing = 3;
    const end = registry.intercept(
      (line) => line.includes('/manifests/new') && missing-- > 0,
      (_request, response) => void response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}'),
    );
    await expect(
      client.manifest(image(registry, 'team/app:new'), { signal, patienceMs: 15_000 }),
    ).resolves.toBeDefined();
    expect(clock.slept).toHaveLength(3);
    end();
    const never = client.manifest(image(registry, 'team/app:never'), { signal, patienceMs: 15_000 });
    await expect(never).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(3 * 1_500 + 15_000);
  });

  it('does not wait by itself', async () => {
    const clock = virtualClock();
    const { registry, client } = await given({}, { clock });
    registry.image('team/app', '1');
    await expect(client.manifest(image(registry, 'team/app:2'), { signal })).rejects.toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      message: `There is no ${registry.host}/team/app:2: manifest unknown`,
    });
    expect(clock.slept).toEqual([]);
  });

  it.each([
    ['not JSON', '<html>'],
    ['a list', '[]'],
    ['nothing of a manifest', '{"schemaVersion":2}'],
    ['layers without digests', '{"layers":[{"mediaType":"x","size":1}]}'],
  ])('refuses %s', async (_what, body) => {
    const { registry, client } = await given();
    registry.intercept(
      () => true,
      (_request, response) => void response.end(body),
    );
    await expect(client.manifest(image(registry, 'team/app:1'), { signal })).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER',
    });
  });
});

describe('tags', () => {
  it('follows all pages', async () => {
    const { registry, client } = await given({ pageSize: 2 });
    const names = ['1.0.0', '1.1.0', '1.2.0', '1.3.0', '1.4.0'];
    for (const name of names) registry.image('team/app', name);
    await expect(client.tags(repository(registry, 'team/app'), { signal })).resolves.toEqual(names);
    expect(registry.requests).toHaveLength(3);
  });

  it('does not follow a page that is elsewhere, nor one that leads to itself', async () => {
    const { registry, client } = await given();
    let link = '<https://elsewhere.example/v2/x>; rel="next"';
    registry.intercept(
      () => true,
      (_request, response) => void response.setHeader('link', link).end('{"tags":["1"]}'),
    );
    await expect(client.tags(repository(registry, 'a/b'), { signal })).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER',
    });
    link = '</v2/a/b/tags/list?again>; rel="next"';
    await expect(client.tags(repository(registry, 'a/b'), { signal })).resolves.toEqual(['1']);
  });

  it('says when there is no such repository, and takes an empty one', async () => {
    const { registry, client } = await given();
    await expect(client.tags(repository(registry, 'a/b'), { signal })).rejects.toMatchObject({
      code: 'IMAGE_NOT_FOUND',
    });
    registry.intercept(
      () => true,
      (_request, response) => void response.end('{"name":"a/b","tags":null}'),
    );
    await expect(client.tags(repository(registry, 'a/b'), { signal })).resolves.toEqual([]);
  });
});

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

describe('trouble', () => {
  it('waits as a busy registry asks, and gives up when that is long', async () => {
    const clock = virtualClock();
    const { registry, client } = await given({}, { clock });
    registry.image('a/b', '1');
    const waits = ['2', new Date(clock.now() + 2_000 + 5_000).toUTCString()];
    registry.intercept(
      () => waits.length > 0,
      (_request, response) => void response.writeHead(429, { 'retry-after': waits.shift() }).end(),
    );
    await expect(client.manifest(image(registry, 'a/b:1'), { signal })).resolves.toBeDefined();
    expect(clock.slept).toEqual([2_000, 5_000]);

    waits.push('3600');
    await expect(client.manifest(image(registry, 'a/b:1'), { signal })).rejects.toMatchObject({
      code: 'REGISTRY_LIMITED',
      hint: expect.stringContaining('3600 s'),
    });
  });

  it('tries again after an error of the registry itself, a few times', async () => {
    const clock = virtualClock();
    const { registry, client } = await given({}, { clock });
    registry.intercept(
      () => true,
      (_request, response) => void response.writeHead(503).end('out of order\u001b[2J'),
    );
    await expect(client.manifest(image(registry, 'a/b:1'), { signal })).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message: `${registry.host} answered 503: out of order [2J`,
    });
    expect(clock.slept).toEqual([500, 1_000, 2_000]);
  });

  it('reads no more than it may', async () => {
    const { registry, client } = await given();
    const digest = registry.blob(Buffer.alloc(2_000));
    const failure = client.blob(repository(registry, 'a/b'), digest, { signal, maxBytes: 1_000 });
    await expect(failure).rejects.toMatchObject({ code: 'REGISTRY_ANSWER' });
  });

  it('says which host cannot be reached', async () => {
    const { registry, client } = await given();
    await registry.stop();
    open.splice(open.indexOf(registry), 1);
    await expect(client.manifest(image(registry, 'a/b:1'), { signal })).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      kind: 'incomplete',
      message: `${registry.host} could not be reached: ECONNREFUSED.`,
    });
  });

  it('ends with the reason of its signal', async () => {
    const { registry, client } = await given();
    const stop = new AbortController();
    registry.intercept(
      () => true,
      () => stop.abort(new Error('enough')),
    );
    await expect(client.manifest(image(registry, 'a/b:1'), { signal: stop.signal })).rejects.toThrow('enough');
  });
});

describe('referrers', () => {
  it.each([true, false])('are found, with a referrers API: %s', async (referrers) => {
    const { registry, client } = await given({ referrers });
    const digest = registry.image('a/b', '1');
    const content = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType: 'application/x.note',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: registry.blob('{}'), size: 2 },
      layers: [],
      subject: { mediaType: 'application/vnd.oci.image.index.v1+json', digest, size: 1 },
    };
    const note = registry.manifest('a/b', null, content);
    if (!referrers) {
      const entry = { mediaType: content.mediaType, digest: note, size: 1, artifactType: content.artifactType };
      registry.manifest('a/b', digest.replace(':', '-'), {
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.index.v1+json',
        manifests: [entry],
      });
    }
    const found = await client.referrers(repository(registry, 'a/b'), digest, { signal });
    expect(found).toEqual([expect.objectContaining({ digest: note, artifactType: 'application/x.note' })]);
  });

  it('are none where nothing refers to an image', async () => {
    const { registry, client } = await given({ referrers: false });
    const digest = registry.image('a/b', '1');
    await expect(client.referrers(repository(registry, 'a/b'), digest, { signal })).resolves.toEqual([]);
  });
});

testIfInstalled(
  registryProgram,
  "Docker's own registry answers as ours does: sign-in, tags, manifests, referrers",
  async () => {
    const registry = await startDebianRegistry(findProgram(registryProgram) ?? '');
    try {
      const { host, user: ann } = registry;
      const types = 'application/vnd.oci.image';
      const repository = { host, path: 'team/app' };
      const [configText, layerText] = [JSON.stringify({ os: 'linux', architecture: 'amd64' }), 'a layer'];
      const [configDigest, layer] = [
        await registry.blob('team/app', configText),
        await registry.blob('team/app', layerText),
      ];
      const image = {
        schemaVersion: 2,
        mediaType: `${types}.manifest.v1+json`,
        config: { mediaType: `${types}.config.v1+json`, digest: configDigest, size: configText.length },
        layers: [{ mediaType: `${types}.layer.v1.tar`, digest: layer, size: layerText.length }],
      };
      const digest = await registry.manifest('team/app', ['1.0.0'], image);
      const size = JSON.stringify(image).length;
      const platform = { os: 'linux', architecture: 'amd64' };
      const index = {
        schemaVersion: 2,
        mediaType: `${types}.index.v1+json`,
        manifests: [{ mediaType: image.mediaType, digest, size, platform }],
      };
      const newest = await registry.manifest('team/app', ['1.1.0', '1.2.0'], index);
      // The tag by which those are found where a registry has no referrers API.
      await registry.manifest('team/app', [newest.replace(':', '-')], index);

      const client = createRegistryClient({ dispatcher, credentials: async () => ann });
      expect(await client.tags(repository, { signal })).toEqual(['1.0.0', '1.1.0', '1.2.0', newest.replace(':', '-')]);
      const found = await client.manifest(readReference(`${host}/team/app:1.2.0`), { signal });
      expect([found.digest, found.content.manifests?.map((one) => one.platform)]).toEqual([newest, [platform]]);
      const one = await client.manifest(readReference(`${host}/team/app@${digest}`), { signal });
      expect(one.content.layers).toEqual(image.layers);
      expect((await client.blob(repository, configDigest, { signal })).toString()).toBe(configText);
      expect((await client.referrers(repository, newest, { signal })).map((each) => each.digest)).toEqual([digest]);
      expect(await client.referrers(repository, digest, { signal })).toEqual([]);

      const missing = readReference(`${host}/team/app:9`);
      await expect(client.manifest(missing, { signal })).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
      await expect(client.tags({ host, path: 'no/such' }, { signal })).rejects.toMatchObject({
        code: 'IMAGE_NOT_FOUND',
      });
      const strangers = [{ credentials: async () => ({ ...ann, password: 'wrong' }) }, {}];
      for (const stranger of strangers) {
        const other = createRegistryClient({ dispatcher, ...stranger });
        await expect(other.tags(repository, { signal })).rejects.toMatchObject({ kind: 'auth' });
      }
    } finally {
      await registry.stop();
    }
  },
);
