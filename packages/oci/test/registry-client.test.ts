import { image, openRegistries, repository, virtualClock } from './support/registries.js';

const registries = openRegistries();
const { given } = registries;
const signal = new AbortController().signal;

afterAll(() => registries.end());

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
    ['a size that is none', `{"layers":[{"mediaType":"x","size":-1,"digest":"sha256:${'a'.repeat(64)}"}]}`],
    ['a config that leads elsewhere', '{"layers":[],"config":{"mediaType":"x","size":1,"digest":"../../secret"}}'],
    ['a config that is none', '{"layers":[],"config":5}'],
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
    await registries.stop(registry);
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
