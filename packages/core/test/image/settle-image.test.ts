import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openEnvironment } from '../../src/environment/open-environment.js';
import { readImageLock, withLocked, writeImageLock, type ImageLock } from '../../src/image/lock.js';
import type { ImagePolicy } from '../../src/image/policy.js';
import type { ImageSource, ImageVerification } from '../../src/model/image.js';
import type { Images } from '../../src/provider/images.js';
import type { EnvironmentSpec } from '../../src/model/spec.js';
import { emptyWorld, fakeProvider } from '../fake-provider.js';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const repository = 'ghcr.io/team/app';
const signer = { identity: 'https://ci.example/team/app', issuer: 'https://issuer.example' };

/** A registry as a table of tags, which counts what it is asked. */
function registry(tags: Record<string, string>, refuse?: Error) {
  const asked: string[] = [];
  const verified: { digest: string; wanted: ImageVerification }[] = [];
  const source: ImageSource = {
    async tags(name) {
      asked.push(`tags ${name}`);
      return Object.keys(tags);
    },
    async find({ reference, platform, publicly }) {
      const where = `${platform === undefined ? '' : ` for ${platform}`}${publicly === undefined ? '' : ', publicly'}`;
      asked.push(`find ${reference}${where}`);
      const found = tags[reference.slice(reference.lastIndexOf(':') + 1)];
      if (found === undefined) throw new Error(`no ${reference}`);
      return { digest: found };
    },
    async verify({ digest: which, wanted }) {
      if (refuse !== undefined) throw refuse;
      verified.push({ digest: which, wanted });
      return { signer, provenance: null };
    },
  };
  return { source, asked, verified };
}

interface Given {
  deployment: string;
  tags?: Record<string, string>;
  policy?: Partial<ImagePolicy> | null;
  images?: Images;
  refuse?: Error;
}

async function open({ deployment, tags = {}, policy = {}, images, refuse }: Given) {
  const { source, ...seen } = registry(tags, refuse);
  const specs: EnvironmentSpec[] = [];
  const provider = fakeProvider(emptyWorld(), images === undefined ? {} : { images });
  const environment = await openEnvironment({
    config: { text: `version: "3.0"\nname: demo\ndeployment:\n  provider: fake\n${deployment}` },
    providers: [
      {
        ...provider,
        plan: (request, observation) => {
          specs.push(request.spec);
          return provider.plan(request, observation);
        },
        apply: (change, context) => {
          specs.push(context.spec);
          return provider.apply(change, context);
        },
      },
    ],
    env: { HOME: '/nowhere' },
    ...(policy === null ? {} : { images: { source, ...policy } }),
  });
  return { environment, specs, ...seen };
}

const named = (image: string) => `  image: ${image}\n`;
const configured = (more: string) => `  image_config: {registry: ${repository}, ${more}}\n`;
const unverified = 'verify_signature: false, verify_provenance: false';

describe('the image of a plan', () => {
  it.each([
    [named(`${repository}:1`), `${repository}:1`, '1', ['find ghcr.io/team/app:1']],
    [named(repository), repository, 'latest', ['find ghcr.io/team/app:latest']],
    [
      configured(`version: "^1.0.0", ${unverified}`),
      `${repository} ^1.0.0`,
      '1.2.0',
      ['tags ghcr.io/team/app', 'find ghcr.io/team/app:1.2.0'],
    ],
    [
      configured(unverified),
      `${repository} latest-stable`,
      '1.2.0',
      ['tags ghcr.io/team/app', 'find ghcr.io/team/app:1.2.0'],
    ],
    [configured(`tag_override: "1", ${unverified}`), `${repository}:1`, '1', ['find ghcr.io/team/app:1']],
    [
      configured(`version: "1", resolution_strategy: explicit, ${unverified}`),
      `${repository}:1`,
      '1',
      ['find ghcr.io/team/app:1'],
    ],
  ])('%s', async (deployment, asked, tag, requests) => {
    const tags = { '1': digest('a'), latest: digest('a'), '1.2.0': digest('a'), '1.1.0': digest('b') };
    const world = await open({ deployment, tags });
    const plan = await world.environment.plan();
    expect(plan.image).toEqual({
      asked,
      origin: 'config',
      repository,
      tag,
      digest: digest('a'),
      verification: 'not-asked',
    });
    expect(world.asked).toEqual(requests);
    await world.environment.apply(plan);
    // Looked up once; plan and apply got the digest and nothing that could lead elsewhere.
    expect(world.asked).toEqual(requests);
    expect(world.specs.map(({ image }) => image?.reference)).toEqual(
      world.specs.map(() => `${repository}@${digest('a')}`),
    );
    expect(world.specs.every(({ image }) => image?.request === null)).toBe(true);
  });

  it('is the same in every plan while the registry stays as it is', async () => {
    const tags = { '1': digest('a') };
    const world = await open({ deployment: named(`${repository}:1`), tags });
    const first = await world.environment.plan();
    expect(await world.environment.plan()).toEqual(first);
    tags['1'] = digest('b');
    const moved = await world.environment.plan();
    expect(moved.fingerprint).not.toBe(first.fingerprint);
    expect(moved.specHash).not.toBe(first.specHash);
  });

  it('needs no registry when the config has the digest', async () => {
    const world = await open({ deployment: named(`${repository}:1@${digest('c')}`) });
    await expect(world.environment.plan()).resolves.toMatchObject({ image: { tag: '1', digest: digest('c') } });
    expect(world.asked).toEqual([]);
  });

  it('is not looked up to take an environment down', async () => {
    const world = await open({ deployment: named(`${repository}:1`), tags: {} });
    const plan = await world.environment.plan({ intent: 'destroy' });
    expect(plan).not.toHaveProperty('image');
    expect(world.asked).toEqual([]);
  });

  it('does not become another one when the registry fails', async () => {
    const world = await open({ deployment: named(`${repository}:1`), tags: {} });
    await expect(world.environment.plan()).rejects.toThrow('no ghcr.io/team/app:1');
    expect(world.specs).toEqual([]);
  });

  it('is refused when no tag fits', async () => {
    const world = await open({
      deployment: configured(`version: "^9", ${unverified}`),
      tags: { '1.0.0': digest('a') },
    });
    await expect(world.environment.plan()).rejects.toMatchObject({
      code: 'IMAGE_NO_MATCH',
      kind: 'refused',
      details: { nearest: ['1.0.0'] },
    });
  });
});

describe('what a provider says of images', () => {
  it('names one for a config without', async () => {
    const images: Images = { defaultImage: () => `${repository}:1`, platform: 'linux/amd64' };
    const world = await open({ deployment: '', tags: { '1': digest('a') }, images });
    const plan = await world.environment.plan();
    expect(plan.image).toMatchObject({ origin: 'default', digest: digest('a') });
    expect(plan.notes).toContainEqual(expect.objectContaining({ code: 'IMAGE_DEFAULT', level: 'info' }));
    expect(world.asked).toEqual(['find ghcr.io/team/app:1 for linux/amd64']);
  });

  it('it may fetch only what everybody may read', async () => {
    const images: Images = { publicly: { hint: 'Publish it.' } };
    const world = await open({ deployment: named(`${repository}:1`), tags: { '1': digest('a') }, images });
    await world.environment.plan();
    expect(world.asked).toEqual(['find ghcr.io/team/app:1, publicly']);
  });

  it('may need none', async () => {
    const world = await open({ deployment: '' });
    await expect(world.environment.plan()).resolves.not.toHaveProperty('image');
  });

  it.each([
    ['^1.0.0', null],
    ['>=1.0.0 <1.5.0 || ^3', `${repository}:latest`],
  ])('asks nobody where the platform runs its own: %s', async (version, reference) => {
    const world = await open({ deployment: configured(`version: "${version}"`), images: { fetches: () => false } });
    const plan = await world.environment.plan();
    expect(plan).not.toHaveProperty('image');
    expect(world.asked).toEqual([]);
    expect(world.specs[0]?.image?.reference).toBe(reference);
    // Where the range is left to the provider, it says so itself.
    expect(plan.notes.map(({ code }) => code)).toEqual(reference === null ? [] : ['IMAGE_NOT_RESOLVED']);
  });

  it('uses what the platform has, by its digest where it has one', async () => {
    const there: Record<string, { digest: string | null }> = {
      [`${repository}:pulled`]: { digest: digest('d') },
      'made-here:dev': { digest: null },
    };
    const images: Images = { present: async (reference) => there[reference] ?? null };
    const pulled = await open({ deployment: named(`${repository}:pulled`), images });
    await expect(pulled.environment.plan()).resolves.toMatchObject({ image: { digest: digest('d') } });
    const made = await open({ deployment: named('made-here:dev'), images });
    await expect(made.environment.plan()).resolves.toMatchObject({ image: { digest: null } });
    expect(made.specs[0]?.image?.reference).toBe('made-here:dev');
    expect([...pulled.asked, ...made.asked]).toEqual([]);
  });

  it('does not count as verified', async () => {
    const images: Images = { present: async () => ({ digest: null }) };
    const world = await open({ deployment: configured('tag_override: dev'), images });
    await expect(world.environment.plan()).rejects.toMatchObject({ code: 'IMAGE_UNVERIFIABLE', kind: 'policy' });
  });
});

describe('verification', () => {
  it('is of the digest that is deployed, with what the config says', async () => {
    const deployment = configured('version: "^1", certificate_identity: me, certificate_oidc_issuer: "https://i"');
    const world = await open({ deployment, tags: { '1.0.0': digest('a') } });
    const plan = await world.environment.plan();
    expect(plan.image).toMatchObject({ verification: 'verified', verified: { signer } });
    expect(world.verified).toEqual([
      { digest: digest('a'), wanted: { signature: true, provenance: true, identity: 'me', issuer: 'https://i' } },
    ]);
  });

  it.each([
    'digest: "sha256:' + 'e'.repeat(64) + '"',
    'tag_override: "1"',
    'version: "1", resolution_strategy: explicit',
  ])('is also of an image that needs no choice: %s', async (how) => {
    const world = await open({ deployment: configured(how), tags: { '1': digest('e') } });
    await world.environment.plan();
    expect(world.verified.map((one) => one.digest)).toEqual([digest('e')]);
  });

  it('stops everything when it fails', async () => {
    const refuse = new Error('not signed');
    const world = await open({ deployment: configured('version: "^1"'), tags: { '1.0.0': digest('a') }, refuse });
    await expect(world.environment.plan()).rejects.toThrow('not signed');
    expect(world.specs).toEqual([]);
  });

  it('can be skipped, and the plan says so', async () => {
    const refuse = new Error('not signed');
    const world = await open({
      deployment: configured('version: "^1"'),
      tags: { '1.0.0': digest('a') },
      policy: { skipVerification: true },
      refuse,
    });
    const plan = await world.environment.plan();
    expect(plan.image).toMatchObject({ verification: 'skipped' });
    expect(plan.notes).toContainEqual(expect.objectContaining({ code: 'IMAGE_UNVERIFIED', level: 'warning' }));
  });

  it('cannot be made by a program without a source of images', async () => {
    const world = await open({ deployment: configured('version: "^1"'), policy: null });
    await expect(world.environment.plan()).rejects.toMatchObject({ code: 'IMAGE_UNVERIFIABLE' });
    const without = await open({ deployment: configured(`version: "^1", ${unverified}`), policy: null });
    await expect(without.environment.plan()).resolves.not.toHaveProperty('image');
  });
});

describe('sindri.lock', () => {
  const lockOf = (asked: string, reference: string, which: string): ImageLock => ({
    schema: 'sindri.lock/1',
    images: { [asked]: { reference, digest: which } },
  });
  const plan = async (deployment: string, tags: Record<string, string>, lock: ImageLock, frozen = false) =>
    (await open({ deployment, tags, policy: { lock: async () => lock, frozen } })).environment.plan();

  it('lets a newer version pass, and says so', async () => {
    const lock = lockOf(`${repository} ^1`, `${repository}:1.0.0`, digest('a'));
    const tags = { '1.0.0': digest('a'), '1.1.0': digest('b') };
    const made = await plan(configured(`version: "^1", ${unverified}`), tags, lock);
    expect(made.image).toMatchObject({ tag: '1.1.0', digest: digest('b') });
    expect(made.notes).toContainEqual(expect.objectContaining({ code: 'IMAGE_CHANGED' }));
  });

  it.each(['1.0.0', 'v1.0.0', '1.0.0-fedora'])('refuses a version that has moved: %s', async (tag) => {
    const reference = `${repository}:${tag}`;
    const failure = plan(named(reference), { [tag]: digest('b') }, lockOf(reference, reference, digest('a')));
    await expect(failure).rejects.toMatchObject({ code: 'IMAGE_MOVED', kind: 'policy' });
  });

  it('lets a tag move that is made to', async () => {
    const reference = `${repository}:1`;
    const made = await plan(named(reference), { '1': digest('b') }, lockOf(reference, reference, digest('a')));
    expect(made.image).toMatchObject({ digest: digest('b') });
  });

  it('frozen, admits what is in it and nothing else', async () => {
    const reference = `${repository}:1`;
    const lock = lockOf(reference, reference, digest('a'));
    await expect(plan(named(reference), { '1': digest('a') }, lock, true)).resolves.toBeDefined();
    const refused = { code: 'IMAGE_LOCKED', kind: 'policy' };
    await expect(plan(named(reference), { '1': digest('b') }, lock, true)).rejects.toMatchObject(refused);
    await expect(plan(named(`${repository}:2`), { '2': digest('a') }, lock, true)).rejects.toMatchObject(refused);
    await expect(plan(named(`${repository}@${digest('c')}`), {}, lock, true)).rejects.toMatchObject(refused);
  });

  describe('as a file', () => {
    let directory: string;
    const file = () => path.join(directory, 'sindri.lock');
    beforeEach(() => {
      directory = mkdtempSync(path.join(tmpdir(), 'sindri-lock-'));
    });
    afterEach(() => rmSync(directory, { recursive: true, force: true }));

    it('remembers images in a stable order, and who signed them', async () => {
      const image = { origin: 'config', repository, tag: '1.0.0', digest: digest('a') } as const;
      const empty = await readImageLock(file());
      const one = withLocked(empty, { ...image, asked: 'b', verification: 'not-asked' });
      const verified = { signer, provenance: null };
      const two = withLocked(one, { ...image, asked: 'a', verification: 'verified', verified });
      await writeImageLock(file(), two);
      expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({
        schema: 'sindri.lock/1',
        images: {
          a: { reference: `${repository}:1.0.0`, digest: digest('a'), signer },
          b: { reference: `${repository}:1.0.0`, digest: digest('a') },
        },
      });
      const again = await readImageLock(file());
      expect(Object.keys(again.images)).toEqual(['a', 'b']);
      expect(withLocked(again, { ...image, asked: 'b', verification: 'not-asked' })).toBe(again);
      expect(withLocked(again, { ...image, asked: 'c', digest: null, verification: 'not-asked' })).toBe(again);
    });

    it.each([
      '',
      '[]',
      '{"schema":"sindri.lock/2","images":{}}',
      '{"schema":"sindri.lock/1","images":{"a":{}}}',
      '<<<<',
    ])('that cannot be read is refused: %j', async (text) => {
      writeFileSync(file(), text);
      await expect(readImageLock(file())).rejects.toMatchObject({ code: 'IMAGE_LOCK_UNREADABLE', kind: 'usage' });
    });
  });
});
