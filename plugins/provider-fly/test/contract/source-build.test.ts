import type { Environment, Plan, SindriEvent } from '@sindri/core';
import { startGitServer, type GitServer } from '../../../../packages/git/test/support/git-server';
import { findProgram, testIfInstalled } from '../../../../test/system-component';
import { fastClock } from '../support/context';
import { createWorkplace, oneEnvironment, quickstart, type OpenOptions, type Workplace } from '../support/workplace';

const DOCKERFILE = 'v3/Dockerfile.dev';
const source = 'ARG DISTRO\nFROM scratch\nRUN <<EOF\n  anything\nEOF\n';
const clock = fastClock(20);

describe('an image that is built from source', () => {
  let workplace: Workplace;
  let git: GitServer;
  let commit: string;

  // One app and one repository for all of them, in the order of a project's life: each deploy takes its time.
  beforeAll(async () => {
    workplace = await createWorkplace({ latency: { buildMs: 100 } });
    if (findProgram('git') === null) return;
    git = await startGitServer();
    commit = await git.commit({ [DOCKERFILE]: source });
  });
  beforeEach(() => (workplace.events.length = 0));
  afterAll(() => Promise.all([workplace.remove(), git?.stop()]));
  const needsGit = (name: string, run: () => Promise<void>): void => testIfInstalled('git', name, run);
  const builders = () => workplace.emulator.inspect().machines.filter(({ name }) => name.startsWith('sindri-build-'));

  const open = (gitRef = 'main', more: OpenOptions = {}): Promise<Environment> =>
    workplace.open({
      config: quickstart.replace(
        '  provider: fly\n',
        `  provider: fly\n  buildFromSource: {enabled: true, gitRef: "${gitRef}", repository: "${git.repository}"}\n`,
      ),
      builds: true,
      clock,
      ...more,
    });
  const deploy = async (gitRef?: string, more?: OpenOptions): Promise<Plan> => {
    const environment = await open(gitRef, more);
    const plan = await environment.plan();
    await environment.apply(plan);
    return plan;
  };
  const kinds = ({ changes }: Plan): unknown[] => changes.map(({ payload }) => payload['kind']);
  const lines = (events: readonly SindriEvent[]): string[] =>
    events.flatMap((event) => (event.type === 'log.line' ? [event.message] : []));
  const tag = (): string => `sindri-main-${commit.slice(0, 12)}`;
  const machineImage = (): string | undefined =>
    workplace.emulator.inspect().machines.find(({ name, state }) => name.endsWith('-1') && state !== 'destroyed')
      ?.config.image as string | undefined;

  needsGit('a ref that is not there is refused before anything is made', async () => {
    await expect(deploy('mian')).rejects.toMatchObject({ code: 'SOURCE_REF_UNKNOWN', hint: /Did you mean main/ });
    await expect(deploy('2'.repeat(40))).rejects.toMatchObject({ code: 'SOURCE_REF_UNKNOWN' });
    git.git('tag', 'twice');
    await git.commit({ more: 'x' });
    git.git('branch', 'twice');
    await expect(deploy('twice')).rejects.toMatchObject({ code: 'SOURCE_REF_AMBIGUOUS' });
    expect(workplace.emulator.requests.list().filter(({ writes }) => writes)).toEqual([]);
  });

  needsGit(
    'a build that fails is told with its last lines, makes no machine, and leaves nothing that costs',
    async () => {
      await git.commit({ [DOCKERFILE]: 'FROM scratch\nRUNN make\n' });
      await expect(deploy()).rejects.toMatchObject({
        code: 'FLY_BUILD_FAILED',
        kind: 'refused',
        hint: expect.stringContaining('unknown instruction: RUNN'),
        details: { exitCode: 1 },
      });
      expect(workplace.alive()).toMatchObject({ machines: 0, volumes: 0 });
      git.git('rm', '-q', DOCKERFILE);
      await git.commit({ 'README.md': 'nothing here\n' });
      await expect(deploy()).rejects.toMatchObject({ hint: expect.stringContaining('no such file') });
      expect(workplace.alive()).toMatchObject({ machines: 0, volumes: 0 });
    },
  );

  needsGit('Ctrl-C in the middle of a build removes its machine and its volume', async () => {
    commit = await git.commit({ [DOCKERFILE]: source });
    const stop = new AbortController();
    const environment = await open('main', { signal: stop.signal });
    const plan = await environment.plan();
    const applied = environment.apply(plan, {});
    while (!lines(workplace.events).some((line) => line.startsWith('#1'))) await clock.sleep(200);
    stop.abort();
    await expect(applied).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    expect(workplace.alive()).toMatchObject({ machines: 0, volumes: 0 });
  });

  needsGit('is planned with its price, built, deployed by digest, and nothing of the build is left', async () => {
    const plan = await deploy();
    expect(plan.image).toMatchObject({
      asked: `${git.repository} main`,
      origin: 'source',
      repository: 'registry.fly.io/my-sindri-fly',
      tag: tag(),
      digest: null,
      source: { repository: git.repository, ref: 'refs/heads/main', commit },
    });
    const build = plan.changes.find(({ payload }) => payload['kind'] === 'image.build');
    expect(build).toMatchObject({ id: `image:${tag()}:build`, action: 'prepare', impact: ['in-place', 'paid'] });
    expect(plan.notes.find(({ code }) => code === 'FLY_BUILD')?.message).toMatch(/about \$0\.\d\d .*at most \$0\.\d\d/);
    expect(lines(workplace.events)).toContainEqual(expect.stringContaining('runs none of its 3 instructions'));
    expect(machineImage()).toMatch(/^registry\.fly\.io\/my-sindri-fly@sha256:[0-9a-f]{64}$/);
    expect(workplace.alive()).toEqual(oneEnvironment);
    expect(builders().at(-1)).toMatchObject({
      state: 'destroyed',
      config: { auto_destroy: true, restart: { policy: 'no' } },
    });

    const again = await (await open()).plan();
    expect(again.changes).toEqual([]);
    expect(again.image?.digest).toBe(machineImage()?.split('@')[1]);
    // The same commit by another name: the tag is another, so it is built once more, and is the same image.
    expect(kinds(await (await open(commit)).plan())).toContain('image.build');
  });

  needsGit('a moved branch is another image: the machine is updated to it', async () => {
    const before = machineImage();
    commit = await git.commit({ [DOCKERFILE]: 'FROM scratch\n' });
    const plan = await deploy();
    expect(kinds(plan)).toEqual(['image.build', 'machine.update']);
    expect(machineImage()).not.toBe(before);
    expect((await (await open()).plan()).changes).toEqual([]);
  });

  needsGit('is used again where its tag is in the registry, also by another machine', async () => {
    const environment = await open();
    await environment.apply(await environment.plan({ intent: 'destroy', keep: ['app'] }));
    const plan = await deploy();
    expect(kinds(plan)).not.toContain('image.build');
    expect(plan.notes.map(({ message }) => message).join()).toContain('is used again, and nothing is built');
    expect(machineImage()).toContain(plan.image?.digest ?? '?');
  });

  needsGit('the token of a private repository reaches its host alone, and nothing that is told', async () => {
    commit = await git.commit({ private: 'x' });
    git.password = 'git-secret-4711';
    const host = new URL(git.repository).host;
    const env = { SINDRI_GIT_TOKEN: git.password, SINDRI_GIT_HOST: host };
    await expect(deploy('main')).rejects.toMatchObject({ code: 'SOURCE_AUTH' });
    const plan = await deploy('main', { env });
    const told = JSON.stringify([plan, workplace.events]);
    for (const secret of ['git-secret-4711', Buffer.from('x-access-token:git-secret-4711').toString('base64')]) {
      expect(told).not.toContain(secret);
    }
    const builder = builders().at(-1);
    expect(JSON.stringify(builder?.config.init)).not.toContain('git-secret');
    expect(JSON.stringify(builder?.config.init)).toContain(`id=GIT_AUTH_TOKEN.${host},`);
    expect(git.requests.every(({ line }) => line.includes('/sindri.git/'))).toBe(true);
    git.password = null;
  });

  needsGit('two who deploy the same at once share one builder', async () => {
    commit = await git.commit({ shared: 'x' });
    const before = builders().length;
    const plans = await Promise.all([open(), open()].map(async (one) => ({ environment: await one })));
    await Promise.all(plans.map(async ({ environment }) => environment.apply(await environment.plan())));
    expect(builders()).toHaveLength(before + 1);
    expect(workplace.alive()).toEqual(oneEnvironment);
  });

  needsGit('is built and deployed in the same run where an answer is lost, whichever it is', async () => {
    const { faults } = workplace.emulator;
    let tried = 0;
    for (const method of ['POST', 'DELETE']) {
      for (let nth = 1, struck = true; struck; nth++) {
        commit = await git.commit({ lost: `${method} ${nth}` });
        const id = faults.inject({ name: 'lost-answer', match: { method, nth }, times: 1 });
        await deploy();
        struck = !faults.list().some((active) => active.id === id);
        faults.clear();
        expect({ method, nth, ...workplace.alive() }).toEqual({ method, nth, ...oneEnvironment });
        tried += struck ? 1 : 0;
      }
    }
    expect(tried).toBeGreaterThanOrEqual(5);
  });

  needsGit('what a killed run has left is waited for or removed by the next one, and by a destroy', async () => {
    commit = await git.commit({ killed: 'x' });
    // Nobody waits for it any more: as after kill -9.
    git.intercept = (request) => request.method === 'POST';
    const left = async (ref: string): Promise<void> => {
      const environment = await open(ref);
      const applied = environment.apply(await environment.plan());
      applied.catch(() => undefined);
      const isBuilding = (): boolean => builders().some(({ state }) => state === 'started');
      while (!isBuilding()) await clock.sleep(200);
      abandoned.push(applied);
    };
    const abandoned: Promise<unknown>[] = [];
    await left('main');
    const waiting = await (await open()).plan();
    expect(waiting.changes.find(({ payload }) => payload['kind'] === 'image.build')?.title).toMatch(
      /^wait for machine/,
    );
    // Another commit is wanted now: the builder of the first is in nobody's interest.
    commit = await git.commit({ [DOCKERFILE]: 'FROM scratch\nCMD ["x"]\n' });
    git.intercept = null;
    const plan = await deploy();
    expect(kinds(plan)).toEqual(expect.arrayContaining(['build.clean', 'image.build']));
    await expect(abandoned[0]).rejects.toMatchObject({ code: 'FLY_BUILD_ENDED' });
    expect(workplace.alive()).toEqual(oneEnvironment);

    git.intercept = (request) => request.method === 'POST';
    commit = await git.commit({ [DOCKERFILE]: 'FROM scratch\nCMD ["y"]\n' });
    await left('main');
    const environment = await open();
    const destroy = await environment.plan({ intent: 'destroy' });
    expect(kinds(destroy)).toContain('build.clean');
    await environment.apply(destroy);
    expect(workplace.alive()).toEqual({ apps: 0, volumes: 0, machines: 0, ips: 0 });
    await expect(abandoned[1]).rejects.toBeDefined();
  });
});
