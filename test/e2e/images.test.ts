import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { startFlyEmulator, type FlyEmulator } from '@sindri/fly-emulator';
import { startRegistry, type TestRegistry } from '../../packages/oci/test/support/registry';
import { startGitServer } from '../../packages/git/test/support/git-server';
import { testIfInstalled } from '../system-component';
import { createWorkplace, type Workplace } from './sindri';

/** Fly as it is in the cloud, so far as images go: whoever deploys there finds the image in its registry first. */
describe('the image of an environment', () => {
  let emulator: FlyEmulator;
  let registry: TestRegistry;
  let workplace: Workplace;

  beforeAll(async () => {
    [emulator, registry] = await Promise.all([startFlyEmulator(), startRegistry({ pageSize: 2 })]);
    // An emulator that serves both APIs would run an image of its own.
    workplace = createWorkplace({ ...emulator.env, FLY_API_BASE_URL: 'https://api.fly.invalid' });
  });
  afterAll(async () => {
    await Promise.all([emulator.stop(), registry.stop()]);
    workplace.remove();
  });

  const config = (image: string) =>
    workplace.write('sindri.yaml', `version: "3.0"\nname: pinned\ndeployment:\n  provider: fly\n${image}`);
  const range = (version: string, more = 'verify_signature: false, verify_provenance: false') =>
    `  image_config: {registry: ${registry.host}/team/app, version: "${version}", ${more}}\n`;
  const lockFile = () => path.join(workplace.dir, 'sindri.lock');

  it('is found, shown, deployed by its digest, and remembered; a newer one is told before it is taken', async () => {
    const first = registry.image('team/app', '1.0.0');
    registry.image('team/app', '2.0.0-rc.1');
    registry.image('team/app', '1.0.0-fedora');
    config(range('^1.0.0'));

    const plan = await workplace.run(['plan']);
    expect([plan.code, plan.code && plan.stderr]).toEqual([0, 0]);
    expect(plan.stdout).toContain(`Image: ${registry.host}/team/app:1.0.0  for ${registry.host}/team/app ^1.0.0`);
    expect(plan.stdout).toContain(first);
    expect(existsSync(lockFile())).toBe(false);

    const frozen = await workplace.json(['deploy', '--yes', '--frozen']);
    expect([frozen.ended.code, frozen.document.error.code]).toEqual([6, 'IMAGE_LOCKED']);
    expect(emulator.inspect().apps).toEqual([]);

    const deployed = await workplace.run(['deploy', '--yes']);
    expect([deployed.code, deployed.code && deployed.stderr]).toEqual([0, 0]);
    expect(emulator.inspect().machines.map((machine) => machine.config.image)).toEqual([
      `${registry.host}/team/app@${first}`,
    ]);
    expect(JSON.parse(readFileSync(lockFile(), 'utf8'))).toEqual({
      schema: 'sindri.lock/1',
      images: { [`${registry.host}/team/app ^1.0.0`]: { reference: `${registry.host}/team/app:1.0.0`, digest: first } },
    });
    const same = await workplace.json(['deploy', '--yes', '--frozen']);
    expect([same.ended.code, same.document.status]).toEqual([0, 'unchanged']);

    const second = registry.image('team/app', '1.1.0');
    const outdated = await workplace.json(['image', 'outdated', '--detailed-exitcode']);
    expect([outdated.ended.code, outdated.document]).toMatchObject([
      10,
      { outdated: true, image: { tag: '1.1.0', digest: second }, locked: { digest: first } },
    ]);
    const refused = await workplace.json(['plan', '--frozen']);
    expect([refused.ended.code, refused.document.error.code]).toEqual([6, 'IMAGE_LOCKED']);
    const newer = await workplace.json(['plan']);
    expect(newer.document.notes.map(({ code }: { code: string }) => code)).toContain('IMAGE_CHANGED');
    expect(newer.document.changes).toHaveLength(1);
  }, 120_000);

  it('is refused when the tag of a version has moved, and when it is not signed', async () => {
    registry.image('team/app', '1.0.0', { salt: 'other' });
    config(range('1.0.0'));
    workplace.write(
      'sindri.lock',
      JSON.stringify({
        schema: 'sindri.lock/1',
        images: {
          [`${registry.host}/team/app 1.0.0`]: {
            reference: `${registry.host}/team/app:1.0.0`,
            digest: `sha256:${'0'.repeat(64)}`,
          },
        },
      }),
    );
    const moved = await workplace.json(['deploy', '--yes']);
    expect([moved.ended.code, moved.document.error.code]).toEqual([6, 'IMAGE_MOVED']);

    workplace.write('sindri.lock', '{"schema":"sindri.lock/1","images":{}}');
    config(range('1.0.0', 'verify_signature: true'));
    const unsigned = await workplace.json(['deploy', '--yes']);
    expect([unsigned.ended.code, unsigned.document.error.code]).toEqual([6, 'IMAGE_UNSIGNED']);
    const skipped = await workplace.run(['plan', '--skip-image-verification']);
    expect([skipped.code, skipped.code && skipped.stderr]).toEqual([0, 0]);
    expect(skipped.stdout).toContain('not verified');
    expect(skipped.stdout).toContain('--skip-image-verification was given');
  }, 60_000);

  it('is refused before anything is made when Fly could not fetch it: private, or built for another platform', async () => {
    const user = { username: 'ann', password: 'pass:word-1' };
    const own = await startRegistry({ user });
    try {
      own.image('team/app', '1.0.0');
      registry.image('team/app', 'on-a-mac', { platforms: ['linux/arm64'] });
      const auth = Buffer.from(`${user.username}:${user.password}`).toString('base64');
      const docker = path.dirname(workplace.write('config.json', JSON.stringify({ auths: { [own.host]: { auth } } })));
      for (const [image, code] of [
        [`${own.host}/team/app:1.0.0`, 'IMAGE_PRIVATE'],
        [`${registry.host}/team/app:on-a-mac`, 'IMAGE_PLATFORM'],
      ]) {
        workplace.write('private.yaml', `name: private\ndeployment: {provider: fly, image: "${image}"}\n`);
        const args = ['deploy', '--yes', '-c', 'private.yaml'];
        const { ended, document } = await workplace.json(args, { env: { DOCKER_CONFIG: docker } });
        expect([ended.code, document.error.code]).toEqual([3, code]);
      }
      expect(emulator.inspect().apps.map(({ name }) => name)).not.toContain('private');
    } finally {
      await own.stop();
    }
  }, 60_000);

  it('can be looked at without deploying anything', async () => {
    config(range('^1.0.0'));
    const listed = await workplace.json(['image', 'list']);
    expect(listed.document.tags[0]).toEqual({ tag: '2.0.0-rc.1', version: '2.0.0-rc.1' });
    const inspected = await workplace.json(['image', 'inspect', `${registry.host}/team/app:1.1.0`]);
    expect(inspected.document.image).toMatchObject({ platforms: ['linux/amd64', 'linux/arm64'], attached: [] });
    const missing = await workplace.json(['image', 'inspect', `${registry.host}/team/app:9`]);
    expect([missing.ended.code, missing.document.error.code]).toEqual([3, 'IMAGE_NOT_FOUND']);
    const verified = await workplace.json(['image', 'verify']);
    expect([verified.ended.code, verified.document.error.code]).toEqual([6, 'IMAGE_UNSIGNED']);
  }, 60_000);
});

testIfInstalled(
  'git',
  'an image is built from source: planned, built, remembered; after kill -9 in the middle the next run leaves nothing behind',
  async () => {
    const [emulator, git] = await Promise.all([startFlyEmulator(), startGitServer()]);
    const workplace = createWorkplace(emulator.env);
    try {
      await git.commit({ 'v3/Dockerfile.dev': 'FROM scratch\n' });
      git.git('tag', 'v3.1.3');
      workplace.write(
        'sindri.yaml',
        `version: "3.0"\nname: built\ndeployment:\n  provider: fly\n  image: a/b:1\n  buildFromSource: {repository: "${git.repository}"}\n`,
      );
      let reached = (): void => undefined;
      const fetched = new Promise<void>((resolve) => (reached = resolve));
      git.intercept = (request) => {
        if (request.method === 'POST') reached();
        return request.method === 'POST';
      };
      const killed = workplace.start(['deploy', '--from-source', '--yes']);
      await fetched;
      killed.child.kill('SIGKILL');
      await killed.ended;
      git.intercept = null;
      git.git('tag', '-d', 'v3.1.3');
      const next = await git.commit({ 'v3/Dockerfile.dev': 'FROM scratch\nCMD ["x"]\n' });
      git.git('tag', 'v3.2.0');

      const { ended, document } = await workplace.json(['deploy', '--from-source', '--yes']);
      expect([ended.code, ended.code && ended.stdout]).toEqual([0, 0]);
      expect(document.plan.image).toMatchObject({
        origin: 'source',
        source: { ref: 'refs/tags/v3.2.0', commit: next },
      });
      const { machines, volumes } = emulator.inspect();
      const [machine, ...others] = machines.filter(({ state }) => state !== 'destroyed');
      expect(others).toEqual([]);
      expect(volumes.filter(({ state }) => state === 'created')).toHaveLength(1);
      const lock = JSON.parse(readFileSync(path.join(workplace.dir, 'sindri.lock'), 'utf8'));
      const [locked] = Object.values(lock.images) as { reference: string; digest: string }[];
      expect(machine?.config.image).toBe(`registry.fly.io/built@${locked?.digest}`);
    } finally {
      await Promise.all([emulator.stop(), git.stop()]);
      workplace.remove();
    }
  },
  120_000,
);
