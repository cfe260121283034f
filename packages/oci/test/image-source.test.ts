import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ImageContext } from '@sindri/core';
import { createImageSource } from '../src/index.js';
import { openRegistries, virtualClock } from './support/registries.js';
import type { TestRegistry } from './support/registry.js';

const registries = openRegistries();
const user = { username: 'ann', password: 'pass:word-1' };
const publicly = { hint: 'Publish it.' };
let home: string;

beforeAll(() => (home = mkdtempSync(path.join(tmpdir(), 'sindri-oci-'))));
afterAll(async () => {
  await registries.end();
  rmSync(home, { recursive: true, force: true });
});

/** What the registry was asked with: the authorization of each request. */
const authorizations = ({ requests }: TestRegistry) => requests.map(({ authorization }) => authorization !== null);

/** What an operation has, for somebody who is signed in to these registries by Docker. */
function signedInTo(config: object): ImageContext {
  const directory = mkdtempSync(path.join(home, 'docker-'));
  writeFileSync(path.join(directory, 'config.json'), JSON.stringify(config));
  return {
    env: { HOME: home, DOCKER_CONFIG: directory },
    clock: virtualClock(),
    signal: new AbortController().signal,
    hide: () => undefined,
  } as unknown as ImageContext;
}

/** The same for a platform with a registry of its own. */
function ofPlatform(registry: TestRegistry, onSleep: (ms: number) => void = () => undefined): ImageContext {
  const context = signedInTo({});
  const { clock } = context;
  return {
    ...context,
    clock: { now: () => clock.now(), sleep: (ms, signal) => (onSleep(ms), clock.sleep(ms, signal)) },
    credentials: async (host) => (host === registry.host ? user : null),
  };
}

const auth = Buffer.from(`${user.username}:${user.password}`).toString('base64');

describe('an image for a platform that fetches without signing in', () => {
  it('is refused when only who is signed in may read it', async () => {
    for (const signIn of ['basic', 'token'] as const) {
      const { registry } = await registries.given({ user, signIn });
      const digest = registry.image('team/app', '1');
      const context = signedInTo({ auths: { [registry.host]: { auth } } });
      const reference = `${registry.host}/team/app:1`;
      const source = createImageSource();
      await expect(source.find({ reference, publicly }, context)).rejects.toMatchObject({
        code: 'IMAGE_PRIVATE',
        kind: 'refused',
        hint: expect.stringContaining('Publish it.') as string,
      });
      // A platform that signs in takes it.
      await expect(source.find({ reference }, context)).resolves.toEqual({ digest });
    }
  });

  it('is asked for as the platform will ask, and nobody signs in for what everybody may read', async () => {
    const { registry } = await registries.given();
    const digest = registry.image('team/app', '1');
    // The store of an editor that is not here: a public image does not need it.
    const context = signedInTo({ auths: { [registry.host]: { auth } }, credsStore: 'nobody-has-this' });
    await expect(
      createImageSource().find({ reference: `${registry.host}/team/app:1`, publicly }, context),
    ).resolves.toEqual({ digest });
    expect(authorizations(registry)).toEqual([false]);
  });

  it('a token for somebody else in the environment reaches no registry', async () => {
    for (const signIn of ['basic', 'token'] as const) {
      const { registry } = await registries.given({ user, signIn });
      registry.image('team/app', '1');
      const context = signedInTo({});
      const tokens = { GITHUB_TOKEN: 'gh-secret', GH_TOKEN: 'gh-secret', FLY_API_TOKEN: 'fly-secret' };
      const find = createImageSource().find(
        { reference: `${registry.host}/team/app:1` },
        { ...context, env: { ...context.env, ...tokens } },
      );
      await expect(find).rejects.toMatchObject({ code: 'REGISTRY_AUTH' });
      expect(authorizations(registry)).not.toContain(true);
    }
  });

  it('is no secret where nobody is signed in: what the registry says is told', async () => {
    const { registry } = await registries.given({ user });
    registry.image('team/app', '1');
    const find = createImageSource().find(
      { reference: `${registry.host}/team/app:1`, publicly },
      signedInTo({ auths: {} }),
    );
    await expect(find).rejects.toMatchObject({ code: 'REGISTRY_AUTH', details: { signedIn: false } });
  });

  it('is not called private because anonymous requests are limited', async () => {
    const { registry } = await registries.given({ user, signIn: 'token' });
    const digest = registry.image('team/app', '1');
    const anonymously = (with_: string | null) => registry.requests.at(-1)?.authorization === with_;
    registry.intercept(
      (line) => line.startsWith('GET /token') && anonymously(null),
      (_request, response) => response.end('{"token":"anybody"}'),
    );
    registry.intercept(
      (line) => line.includes('/manifests/') && anonymously('Bearer anybody'),
      (_request, response) => response.writeHead(429).end(),
    );
    const context = signedInTo({ auths: { [registry.host]: { auth } } });
    await expect(
      createImageSource().find({ reference: `${registry.host}/team/app:1`, publicly }, context),
    ).resolves.toEqual({ digest });
  });

  it("is fetched with the platform's own credentials from its own registry", async () => {
    const { registry } = await registries.given({ user });
    const digest = registry.image('team/app', '1');
    await expect(
      createImageSource().find({ reference: `${registry.host}/team/app:1`, publicly }, ofPlatform(registry)),
    ).resolves.toEqual({ digest });
  });

  it("is waited for in the platform's own registry, which shows what was pushed only after some seconds", async () => {
    const { registry } = await registries.given({ user });
    let digest = '';
    const slept: number[] = [];
    const context = ofPlatform(registry, (ms) => {
      slept.push(ms);
      if (slept.length === 3) digest = registry.image('team/app', '1');
    });
    const request = { reference: `${registry.host}/team/app:1`, publicly };
    const found = await createImageSource().find(request, context);
    expect([found, slept.length]).toEqual([{ digest }, 3]);
    // One that never comes is missing after that time, and what nobody has just pushed at once.
    const never = { ...request, reference: `${registry.host}/team/app:2` };
    await expect(createImageSource().find(never, context)).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
    expect(slept.slice(3).reduce((sum, ms) => sum + ms, 0)).toBe(15_000);
    const asked = slept.length;
    await expect(createImageSource().find({ reference: never.reference }, context)).rejects.toBeDefined();
    expect(slept).toHaveLength(asked);
  });
});

describe('an image for one platform', () => {
  const manifest = 'application/vnd.oci.image.manifest.v1+json';
  const config = 'application/vnd.oci.image.config.v1+json';
  const amd64 = { platform: { os: 'linux', architecture: 'amd64' } };
  const entry = (more: object) => ({ mediaType: manifest, digest: `sha256:${'a'.repeat(64)}`, size: 1, ...more });
  const single = (registry: TestRegistry, platform: object | null, mediaType = config) => {
    const content = JSON.stringify(platform);
    const digest = registry.blob(content);
    return registry.manifest('team/app', '1', {
      schemaVersion: 2,
      mediaType: manifest,
      config: { mediaType, digest, size: content.length },
      layers: [],
    });
  };

  it('is refused when it was made for another one, by its config where there is no index', async () => {
    const { registry } = await registries.given();
    single(registry, { os: 'linux', architecture: 'arm64' });
    const find = createImageSource().find(
      { reference: `${registry.host}/team/app:1`, platform: 'linux/amd64' },
      signedInTo({}),
    );
    await expect(find).rejects.toMatchObject({
      code: 'IMAGE_PLATFORM',
      hint: 'It is made for linux/arm64.',
      details: { platforms: ['linux/arm64'] },
    });
  });

  it.each([
    ['an image without a config', { config: null, layers: [] }, true],
    ['an index of nobody knows what', { manifests: [null, {}, 5].map((platform) => entry({ platform })) }, false],
    ['an index with a platform of its own', { manifests: [entry({ platform: { os: 1 } }), entry(amd64)] }, true],
  ])('takes nothing in %s for a platform', async (_title, content, isTaken) => {
    const { registry } = await registries.given();
    const digest = registry.manifest('team/app', '1', { schemaVersion: 2, mediaType: manifest, ...content });
    const find = createImageSource().find(
      { reference: `${registry.host}/team/app:1`, platform: 'linux/amd64' },
      signedInTo({}),
    );
    await (isTaken
      ? expect(find).resolves.toEqual({ digest })
      : expect(find).rejects.toMatchObject({ code: 'IMAGE_PLATFORM', hint: 'It names no platform at all.' }));
  });

  it('an index for another platform is none for this one because of an entry that says nothing', async () => {
    const { registry } = await registries.given();
    const arm64 = entry({ platform: { os: 'linux', architecture: 'arm64' } });
    const silent = entry({ digest: single(registry, {}) });
    registry.manifest('team/app', '2', { schemaVersion: 2, mediaType: manifest, manifests: [arm64, silent] });
    const asked = { reference: `${registry.host}/team/app:2`, platform: 'linux/amd64' };
    await expect(createImageSource().find(asked, signedInTo({}))).rejects.toMatchObject({
      code: 'IMAGE_PLATFORM',
      hint: 'It is made for linux/arm64.',
    });
  });

  it.each([
    ['for it', { os: 'linux', architecture: 'amd64' }, null],
    ['for no platform that it names', {}, null],
    ['for another one', { os: 'linux', architecture: 'arm64' }, 'It is made for linux/arm64.'],
  ])('an index whose entry names no platform is judged by that image, which is made %s', async (_what, made, hint) => {
    const { registry } = await registries.given();
    const entries = [entry({ digest: single(registry, made) })];
    const digest = registry.manifest('team/app', '2', {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: entries,
    });
    const find = createImageSource().find(
      { reference: `${registry.host}/team/app:2`, platform: 'linux/amd64' },
      signedInTo({}),
    );
    await (hint === null
      ? expect(find).resolves.toEqual({ digest })
      : expect(find).rejects.toMatchObject({ code: 'IMAGE_PLATFORM', hint }));
  });

  it.each([
    ['made for it', { os: 'linux', architecture: 'amd64' }, config],
    ['does not say', {}, config],
    ['leaves it empty', { os: 'linux', architecture: '' }, config],
    ['says nothing at all', null, config],
    ['says it in words of its own', { os: 'linux', architecture: 'arm64' }, 'application/vnd.other+json'],
  ])('is taken when it %s', async (_title, platform, mediaType) => {
    const { registry } = await registries.given();
    const digest = single(registry, platform, mediaType);
    const find = createImageSource().find(
      { reference: `${registry.host}/team/app:1`, platform: 'linux/amd64' },
      signedInTo({}),
    );
    await expect(find).resolves.toEqual({ digest });
  });
});
