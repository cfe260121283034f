import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Provider } from '@sindri/core';
import { createReferencePlatform, type ReferencePlatform } from '../src/reference/platform.js';
import { REFERENCE_IMAGES } from '../src/reference/images.js';
import { createReferenceProvider, ECHO_PORT } from '../src/reference/provider.js';
import { createEnvironmentSubject, runConformance, type EnvironmentSubjectOptions } from '../src/index.js';

/** What only somebody who knows the platform can say. */
const SKIPPED_WITHOUT_FACILITIES = [
  'deploy: what ends right after its start is no success (the subject knows no config whose environment ends right after its start)',
  'deploy: what has crashed is repaired (the subject knows no config whose environment ends right after its start)',
  'image: another one is planned, and runs (the subject knows no other image that could run)',
  'image: one that does not exist is refused (the subject knows no image that is missing)',
];

const SKIPPED_DIAL = [
  'dial: reaches a port inside (the subject knows no port that is served inside)',
  'dial: more streams follow until that ends, and others come after it (the subject knows no port that is served inside)',
];
const SKIPPED_DIAGNOSE =
  'diagnose: an environment whose main process has ended has a problem (the subject knows no config whose environment ends right after its start)';

describe('createEnvironmentSubject', () => {
  let platform: ReferencePlatform;
  let stateDir: string;

  beforeEach(() => {
    platform = createReferencePlatform();
    stateDir = mkdtempSync(path.join(tmpdir(), 'sindri-testkit-'));
  });
  afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

  function options(bend: (provider: Provider) => Partial<Provider> = () => ({})): EnvironmentSubjectOptions {
    return {
      create() {
        const provider = createReferenceProvider(platform);
        return { ...provider, ...bend(provider) };
      },
      env: { REFERENCE_TOKEN: platform.token },
      stateDir,
    };
  }

  test('judges a provider on a platform that others use, and leaves nothing there', async () => {
    const theirs = { type: 'machine', name: 'main', power: 'running', createdAt: '2026-01-01T00:00:00.000Z' } as const;
    platform.addStranger({ ...theirs, environment: 'somebody-else', settings: {} });
    const { cases, failed } = await runConformance(await createEnvironmentSubject(options()));
    expect(failed).toBe(0);
    expect(cases.filter(({ status }) => status === 'skipped').map(({ name, reason }) => `${name} (${reason})`)).toEqual(
      [...SKIPPED_WITHOUT_FACILITIES, ...SKIPPED_DIAL, SKIPPED_DIAGNOSE],
    );
    const notes = new Set(cases.flatMap((item) => item.notes));
    expect(notes).toEqual(
      new Set([
        'The rig has no buildSource: nothing was built.',
        'The rig has no passIdleTime: whether a hold keeps the environment awake was not tried.',
        'The rig cannot add things of somebody else; only what was deployed was looked for.',
        'The rig cannot approve a sign-in; only a credential that was there already was tried.',
        'The rig cannot make reads fail; only a healthy platform was tried.',
        'The rig has no log of requests; what exists was compared instead.',
        'The rig has no inventory; things that the provider lost sight of would not be noticed.',
        'The rig cannot interrupt after a write; runs were interrupted between changes only.',
        'The rig cannot add things of somebody else; only the marks of an observation were changed.',
        'The rig cannot make reads fail; only missing credentials were tried.',
      ]),
    );
    expect(platform.things.map(({ environment }) => environment)).toEqual(['somebody-else']);
    expect(readdirSync(stateDir)).toEqual([]);
  });

  test('gives every case a name of its own', async () => {
    const subject = await createEnvironmentSubject(options());
    const rigs = [await subject.setup(), await subject.setup()];
    expect(rigs[0]?.name).not.toBe(rigs[1]?.name);
    for (const rig of rigs) {
      expect(rig.name).toMatch(/^conformance-[0-9a-f]{8}$/);
      expect(existsSync(rig.stateDir as string)).toBe(true);
      await rig.teardown?.();
      expect(existsSync(rig.stateDir as string)).toBe(false);
    }
  });

  test('with a port to dial nothing is skipped', async () => {
    const dialTarget = { port: ECHO_PORT, send: 'echo?', expect: 'echo?' };
    const report = await runConformance(await createEnvironmentSubject({ ...options(), dialTarget }));
    const skipped = report.cases.filter(({ status }) => status === 'skipped');
    expect(report.failed).toBe(0);
    expect(skipped.map(({ name, reason }) => `${name} (${reason})`)).toEqual([
      ...SKIPPED_WITHOUT_FACILITIES,
      SKIPPED_DIAGNOSE,
    ]);
  });

  test('with all that a subject may say nothing is skipped', async () => {
    const dialTarget = { port: ECHO_PORT, send: 'echo?', expect: 'echo?' };
    const facilities = {
      otherImage: REFERENCE_IMAGES.other,
      missingImage: REFERENCE_IMAGES.missing,
      crashingConfig: `version: "3.0"\nname: x\ndeployment:\n  provider: reference\n  image: ${REFERENCE_IMAGES.crashing}\n`,
    };
    const report = await runConformance(await createEnvironmentSubject({ ...options(), dialTarget, facilities }));
    expect(report).toMatchObject({ failed: 0, skipped: 0 });
  });

  test('what a provider does not destroy fails the case that made it', async () => {
    const subject = await createEnvironmentSubject(
      options(({ plan }) => ({
        plan: (request, observation) =>
          request.intent === 'destroy' ? { changes: [], notes: [], cost: null } : plan(request, observation),
      })),
    );
    const { cases } = await runConformance(subject);
    const running = cases.find(({ name }) => name === 'summarize: a deployed environment is running');
    expect(running).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/left behind in "conformance-\w+": volume:home, .*machine:main/),
    });
  });

  test('names only sizes that the provider accepts', async () => {
    const subject = await createEnvironmentSubject(
      options(() => ({
        validate: ({ workspace, resources }) => [
          ...(workspace.sizeGb === null ? [] : [problem('deployment.volumes.workspace.size')]),
          ...(resources.memoryMb === 2048 ? [problem('deployment.resources.memory')] : []),
        ],
      })),
    );
    expect(subject.config).toContain('memory: 1GB\n    cpus: 1\n');
    expect(subject.config).not.toContain('volumes');
    expect(subject.changedConfig).toEqual([{ config: subject.config.replace('cpus: 1', 'cpus: 2'), guessed: true }]);
  });

  describe('where sizes make no difference', () => {
    const ignoringSizes = (provider: Provider): Partial<Provider> => ({
      plan: (request, observation) =>
        provider.plan(
          { ...request, spec: { ...request.spec, resources: {} as never, workspace: {} as never } },
          observation,
        ),
    });

    test('says so when no update is known', async () => {
      const subject = await createEnvironmentSubject(
        options((provider) => ({
          ...ignoringSizes(provider),
          summarize: (...args) => ({
            ...provider.summarize(...args),
            resources: { memoryMb: null, cpus: null, volumeGb: null },
          }),
          // What cannot be told cannot be extended either.
          volumes: undefined,
          capabilities: provider.capabilities.filter((name) => name !== 'volumes'),
        })),
      );
      const { cases, failed } = await runConformance(subject);
      expect(failed).toBe(0);
      expect(cases.find(({ name }) => name.startsWith('plan: a changed config'))?.notes).toEqual([
        'The subject knows no config that makes a difference to this provider; no update was tried.',
      ]);
    });

    test('a provider that tells sizes must follow them', async () => {
      const { cases } = await runConformance(await createEnvironmentSubject(options(ignoringSizes)));
      expect(cases.filter(({ status }) => status === 'failed')).toMatchObject([
        {
          name: 'plan: a changed config plans the difference, and apply brings it about',
          error: expect.stringContaining('the summary tells another memory than was asked for'),
        },
      ]);
    });
  });

  test('a provider that needs options is refused with what it needs', async () => {
    const making = createEnvironmentSubject(
      options(() => ({ validate: () => [problem('providers.reference.project')] })),
    );
    await expect(making).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('providers.reference.project is wrong'),
    });
  });
});

function problem(where: string) {
  return { severity: 'error' as const, code: 'REFERENCE_WRONG', message: `${where} is wrong.`, path: where };
}
