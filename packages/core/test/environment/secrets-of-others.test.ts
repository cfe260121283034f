import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openEnvironment } from '../../src/environment/open-environment.js';
import type { SindriEvent } from '../../src/model/events.js';
import type { Provider } from '../../src/provider/contract.js';
import { emptyWorld, fakeProvider, type FakeWorld } from '../fake-provider.js';

const HEAD = 'version: "3.0"\nname: demo\ndeployment:\n  provider: fake\n';

describe('what a config of somebody else makes leave this computer', () => {
  let directory: string;
  let project: string;
  let world: FakeWorld;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'sindri-trust-'));
    project = path.join(directory, 'project');
    await mkdir(project);
    await writeFile(path.join(directory, 'id_rsa'), 'hunter22');
    world = emptyWorld();
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function open(
    more: string,
    {
      env = {},
      stateDir = 'state',
      events = [],
      provider = {},
    }: {
      env?: Record<string, string>;
      stateDir?: string;
      events?: SindriEvent[];
      provider?: Partial<Provider>;
    } = {},
  ) {
    await writeFile(path.join(project, 'sindri.yaml'), HEAD + more);
    return openEnvironment({
      cwd: project,
      providers: [fakeProvider(world, provider)],
      env: { HOME: directory, ...env },
      stateDir: path.join(directory, stateDir),
      onEvent: (event) => events.push(event),
    });
  }

  const outside = 'secrets:\n  - {name: INNOCENT, source: env, fromFile: ../id_rsa}\n';

  test('a file from outside of the project is asked about, once', async () => {
    const environment = await open(outside);
    const plan = await environment.plan();
    expect(plan).toMatchObject({
      secrets: [{ name: 'INNOCENT', origin: '../id_rsa' }],
      consents: [
        {
          code: 'outside-project',
          message: expect.stringMatching(
            /^INNOCENT is read from .*id_rsa, which is outside of the project\.$/,
          ) as string,
        },
      ],
    });
    await expect(environment.apply(plan)).rejects.toMatchObject({
      code: 'CONSENT_REQUIRED',
      kind: 'usage',
      hint: 'If that is what you want, run it again with --yes. It is asked once.',
    });
    expect(world.calls).toEqual(['observe']);
    await environment.apply(await environment.plan(), { consent: true });

    world.things.clear();
    const again = await open(outside);
    expect(await again.plan()).not.toHaveProperty('consents');
    await expect(again.apply(await again.plan())).resolves.toMatchObject({ status: 'succeeded' });
  });

  test('another file under the same name, and another project, are asked about again', async () => {
    const environment = await open(outside);
    await environment.apply(await environment.plan(), { consent: true });
    await writeFile(path.join(directory, 'other'), 'x');
    world.things.clear();
    const other = await open(outside.replace('id_rsa', 'other'));
    expect((await other.plan()).consents).toHaveLength(1);
    project = path.join(directory, 'second');
    await mkdir(project);
    expect((await (await open(outside)).plan()).consents).toHaveLength(1);
  });

  test('a variable that is named like a secret and fills an ordinary field is asked about; any other is not', async () => {
    const env = { API_TOKEN: 'tok-1234', TAG: '3.1.0' };
    const innocent = await open('x-a: 1\nextensions:\n  profile: minimal\n', { env });
    expect(await innocent.plan()).not.toHaveProperty('consents');
    const image = (name: string) => HEAD.replace(HEAD, `  image: ghcr.io/o/a:\${${name}}\n`);
    expect(await (await open(image('TAG'), { env })).plan()).not.toHaveProperty('consents');
    const smuggling = await open(image('API_TOKEN'), { env });
    expect((await smuggling.plan()).consents).toEqual([expect.objectContaining({ code: 'secret-variable' })]);
  });

  test('who runs it is no part of the plan: the fingerprint is the same wherever a secret is from', async () => {
    const [there, here] = [
      await open('secrets:\n  - {name: A, source: env, fromFile: ../id_rsa}\n'),
      await open('secrets:\n  - {name: A, source: env, fromFile: ../id_rsa}\n', { env: { A: 'hunter22' } }),
    ];
    const plans = [await there.plan(), await here.plan()];
    expect(plans.map(({ secrets }) => secrets?.[0]?.origin)).toEqual(['../id_rsa', 'environment']);
    expect(plans[0]?.fingerprint).toBe(plans[1]?.fingerprint);
  });

  test('nothing is asked where nothing is changed', async () => {
    world.things.add('a').add('b');
    const environment = await open(outside);
    expect(await environment.plan()).not.toHaveProperty('consents');
  });

  test('a private key that goes to the environment is said in the plan', async () => {
    const pem = '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----';
    const environment = await open('secrets:\n  - {name: DEPLOY_KEY, source: env}\n', { env: { DEPLOY_KEY: pem } });
    expect((await environment.plan()).notes).toContainEqual({
      level: 'warning',
      code: 'SECRET_PRIVATE_KEY',
      message: 'DEPLOY_KEY holds a private key (from environment); the environment gets it.',
    });
  });

  test('lines of a .env that are skipped are told', async () => {
    const events: SindriEvent[] = [];
    await writeFile(path.join(project, '.env'), 'A=1\nwhat is this\n');
    await (await open('secrets:\n  - {name: A, source: env}\n', { events })).plan();
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'notice',
        level: 'warning',
        code: 'SECRET_LINE_SKIPPED',
        message: '.env line 2 is no `NAME=value`; it is skipped.',
      }),
    );
  });

  test('what the provider cannot do without is required where the config does not say otherwise', async () => {
    const provider: Partial<Provider> = { requiredSecrets: ['KEYS'] };
    const secrets = (more = ''): string =>
      `secrets:\n  - {name: KEYS, source: env${more}}\n  - {name: OTHER, source: env}\n`;
    const env = { KEYS: '' };
    const before = world.calls.length;
    await expect((await open(secrets(), { provider, env })).plan()).rejects.toMatchObject({
      code: 'SECRET_MISSING',
      kind: 'usage',
      message: expect.stringMatching(/^KEYS is required and has no value; looked in the variable KEYS \(empty\)/),
      hint: expect.stringMatching(/Set KEYS in the shell.*to deploy without, say `required: false` there\.$/),
    });
    expect(world.calls.length).toBe(before);
    expect((await (await open(secrets(', required: false'), { provider, env })).plan()).secrets).toBeUndefined();
    await writeFile(path.join(project, '.env'), 'KEYS=from a file\n');
    expect((await (await open(secrets(), { provider, env })).plan()).secrets).toMatchObject([{ origin: '.env' }]);
  });

  test('the provider looks at each value before any request, and tells plan what may be shown of it', async () => {
    const seen: unknown[] = [];
    const secrets = 'secrets:\n  - {name: KEYS, source: env}\n  - {name: OTHER, source: env}\n';
    const provider: Partial<Provider> = {
      inspectSecret({ name, value }) {
        if (name !== 'KEYS') return {};
        if (value === 'bad') return { problem: { message: 'There is no key in it.', hint: 'Put one in.' } };
        return { facts: { keys: 1 } };
      },
      plan(request) {
        seen.push(...request.secrets.map(({ name, facts }) => [name, facts]));
        return { changes: [], notes: [], cost: null };
      },
    };
    await (await open(secrets, { provider, env: { KEYS: 'good', OTHER: 'x' } })).plan();
    expect(seen).toEqual([
      ['KEYS', { keys: 1 }],
      ['OTHER', undefined],
    ]);
    const before = world.calls.length;
    const refused = await open(secrets, { provider, env: { KEYS: 'bad', OTHER: 'x' } });
    await expect(refused.plan()).rejects.toMatchObject({
      code: 'SECRET_UNUSABLE',
      kind: 'usage',
      message: 'KEYS (from environment): There is no key in it.',
      hint: 'Put one in.',
    });
    expect(world.calls.length).toBe(before);
  });

  test('a value that no variable can have is refused before any request, whatever the provider thinks', async () => {
    const secrets = 'secrets:\n  - {name: KEYS, source: env}\n';
    const before = world.calls.length;
    for (const provider of [{}, { inspectSecret: () => ({}) }]) {
      const environment = await open(secrets, { provider, env: { KEYS: 'a\0b' } });
      await expect(environment.plan()).rejects.toMatchObject({
        code: 'SECRET_UNUSABLE',
        message: 'KEYS (from environment): There is a NUL byte in it, which no variable can have.',
        hint: expect.stringContaining('base64'),
      });
    }
    expect(world.calls.length).toBe(before);
  });
});
