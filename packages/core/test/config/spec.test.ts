import { stringify } from 'yaml';
import { loadConfig, type LoadedConfig } from '../../src/config/load.js';
import type { EnvironmentSpec } from '../../src/model/spec.js';
import { createProviderRegistry } from '../../src/provider/registry.js';
import { config, flyLikeProvider, judge } from './fly-like-provider.js';

const load = (text: string, env: Record<string, string> = {}): Promise<LoadedConfig> =>
  loadConfig({ text, cwd: '/project/demo' }, { env, providers: createProviderRegistry([flyLikeProvider()]) });

const specOf = async (text: string, env: Record<string, string> = {}): Promise<EnvironmentSpec> =>
  (await load(text, env)).spec;

const everything = `
version: "3.0"
name: everything
x-notes: {anything: [goes, here]}
deployment:
  provider: fly
  distro: ubuntu
  imageConfig:
    registry: ghcr.io/pacphi/sindri
    version: "^3.0.0"
    resolutionStrategy: semver
    allowPrerelease: true
    verifySignature: false
    verifyProvenance: false
    pullPolicy: Always
    certificateIdentity: someone
    certificateOidcIssuer: https://issuer.example
  resources:
    memory: 8GB
    cpus: 4
    gpu: {enabled: true, tier: gpu-large, type: nvidia, count: 2, memory: 40GB}
  volumes: {workspace: {size: 100GB, path: /alt/home/developer/workspace}}
extensions:
  profile: fullstack
  additional: [docker, nodejs]
  autoInstall: false
secrets:
  - {name: A, source: env, required: true, fromFile: ~/a}
  - {name: B, source: file, path: ./b, mountPath: /secrets/b, permissions: "0600"}
  - {name: C, source: vault, vaultPath: p, vaultKey: k, vaultMount: m}
  - {name: D, source: s3, s3Path: d}
providers:
  fly: {region: ord, organization: my-org, cpuKind: performance, sshPort: 10023, autoStopMachines: false}
  docker: {network: host}
`;

const snake = (text: string): string =>
  text.replace(/\b([a-z0-9]+[A-Z]\w*)(?=:)/g, (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

describe('the spec', () => {
  it('has every value of the config, in numbers where it counts', async () => {
    const { origins, ...spec } = await specOf(everything);
    expect(spec).toEqual({
      name: 'everything',
      provider: 'fly',
      image: {
        reference: null,
        request: {
          registry: 'ghcr.io/pacphi/sindri',
          version: '^3.0.0',
          strategy: 'semver',
          allowPrerelease: true,
          verifySignature: false,
          verifyProvenance: false,
          certificateIdentity: 'someone',
          certificateOidcIssuer: 'https://issuer.example',
        },
        pullPolicy: 'Always',
        verification: {
          signature: false,
          provenance: false,
          identity: 'someone',
          issuer: 'https://issuer.example',
        },
      },
      distro: 'ubuntu',
      resources: { memoryMb: 8192, cpus: 4, gpu: { tier: 'gpu-large', type: 'nvidia', count: 2, memoryMb: 40960 } },
      workspace: { sizeGb: 100, path: '/alt/home/developer/workspace' },
      extensions: { profile: 'fullstack', active: [], additional: ['docker', 'nodejs'], autoInstall: false },
      secrets: [
        { name: 'A', source: 'env', required: true, fromFile: '~/a', settings: {} },
        {
          name: 'B',
          file: { mountPath: '/secrets/b', mode: 0o600 },
          source: 'file',
          required: false,
          settings: { path: './b', mountPath: '/secrets/b', permissions: '0600' },
        },
        { name: 'C', source: 'vault', required: false, settings: { vaultPath: 'p', vaultKey: 'k', vaultMount: 'm' } },
        { name: 'D', source: 's3', required: false, settings: { s3Path: 'd' } },
      ],
      options: {
        region: 'ord',
        organization: 'my-org',
        cpuKind: 'performance',
        sshPort: 10023,
        autoStopMachines: false,
        autoStartMachines: true,
        highAvailability: false,
        dedicatedIpv4: false,
      },
      baseDir: '/project/demo',
    });
    expect(origins['deployment.resources.memory']).toEqual({ file: 'sindri.yaml', line: 19, column: 13 });
    expect(origins['secrets[1].path']).toEqual({ file: 'sindri.yaml', line: 29, column: 35 });
    expect(origins['providers.fly.dedicatedIpv4']).toBeUndefined();
  });

  it('is the same in snake_case', async () => {
    const text = snake(everything);
    expect(text).toContain('auto_stop_machines: false');
    const [ours, theirs] = [await specOf(everything), await specOf(text)];
    expect({ ...theirs, origins: {} }).toEqual({ ...ours, origins: {} });
    expect(theirs.origins['providers.fly.autoStopMachines']).toEqual(
      theirs.origins['providers.fly.auto_stop_machines'],
    );
  });

  it('has nothing but defaults for a config that says nothing', async () => {
    const { origins: _origins, ...spec } = await specOf('deployment: {provider: fly}');
    expect(spec).toEqual({
      name: 'demo',
      provider: 'fly',
      image: null,
      resources: { memoryMb: null, cpus: null, gpu: null },
      workspace: { sizeGb: null, path: null },
      extensions: { profile: null, active: [], additional: [], autoInstall: true },
      secrets: [],
      options: {
        region: 'sjc',
        organization: 'personal',
        cpuKind: 'shared',
        sshPort: 10022,
        autoStopMachines: true,
        autoStartMachines: true,
        highAvailability: false,
        dedicatedIpv4: false,
      },
      baseDir: '/project/demo',
    });
  });

  it('follows the dialect where nothing is to be installed', async () => {
    const profile = async (version: string, extensions = '{}'): Promise<string | null> =>
      (await specOf(`version: "${version}"\nname: demo\ndeployment: {provider: fly}\nextensions: ${extensions}`))
        .extensions.profile;
    expect(await profile('1.0')).toBe('minimal');
    expect(await profile('3.0')).toBeNull();
    expect(await profile('1.0', '{autoInstall: false}')).toBe('minimal');
    expect(await profile('1.0', '{active: [nodejs]}')).toBeNull();
    expect(await profile('1.0', '{profile: devops}')).toBe('devops');
  });

  it.each([
    ['image: a/b:1', 'a/b:1'],
    ['imageConfig: {registry: a/b, tagOverride: v1, version: "^3"}', 'a/b:v1'],
    [`imageConfig: {registry: a/b, digest: "sha256:${'a'.repeat(64)}"}`, `a/b@sha256:${'a'.repeat(64)}`],
    ['imageConfig: {registry: a/b, resolutionStrategy: explicit, version: 3.0.0}', 'a/b:3.0.0'],
    ['image: x/y:1\n  imageConfig: {registry: a/b, tagOverride: v1}', 'a/b:v1'],
  ])('composes the reference of %s', async (line, reference) => {
    const { image } = await specOf(config(`  ${line}\n`));
    expect(image).toMatchObject({ reference, request: null });
  });

  it.each([
    ['imageConfig: {registry: a/b}', { version: null, strategy: 'semver', verifySignature: true }],
    ['image_config: {registry: a/b, version: "^3.0.0"}', { version: '^3.0.0', allowPrerelease: false }],
    ['imageConfig: {registry: a/b, resolution_strategy: latest-stable}', { strategy: 'latest-stable' }],
  ])('leaves the choice to a request for %s', async (line, request) => {
    const { image } = await specOf(config(`  ${line}\n`));
    expect(image).toMatchObject({ reference: null, request: { registry: 'a/b', ...request }, pullPolicy: null });
  });

  it('says when the image is to be built', async () => {
    const own = { repository: 'https://github.com/pacphi/sindri.git', dockerfile: 'v3/Dockerfile.dev' };
    const source = async (text: string) => (await specOf(config(`  ${text}\n`))).buildFromSource;
    expect(await source('buildFromSource: {enabled: true, gitRef: main}')).toEqual({ ...own, gitRef: 'main' });
    expect(await source('build_from_source: {enabled: true}')).toEqual({ ...own, gitRef: null });
    expect(await source('buildFromSource: {gitRef: main}')).toBeUndefined();
    const fork = 'https://git.example/us/sindri';
    expect(await source(`buildFromSource: {enabled: true, repository: "${fork}"}`)).toMatchObject({ repository: fork });
  });

  it('has variables filled in wherever a value may stand', async () => {
    const text = [
      'version: "3.0"',
      'name: app-${BRANCH}',
      'deployment:',
      '  provider: ${WHERE}',
      '  image: ghcr.io/${OWNER:-pacphi}/app:${CI_COMMIT_SHA}',
      '  buildFromSource: {enabled: "${BUILDS}", gitRef: "${CI_COMMIT_SHA}", repository: "https://${HOST}/a/b.git"}',
      '  resources: {memory: "${MEMORY}GB", cpus: "${CPUS}"}',
      '  volumes: {workspace: {size: "${SIZE}"}}',
      'extensions: {active: ["${FIRST}", docker]}',
      'secrets: [{name: "${SECRET}", source: env, fromFile: "${FILE}"}]',
      'providers: {fly: {region: "${REGION}"}}',
      '',
    ].join('\n');
    const sha = 'a'.repeat(40);
    const env = { BRANCH: 'main', WHERE: 'fly', CI_COMMIT_SHA: sha, BUILDS: 'true', HOST: 'git.example' };
    const more = { MEMORY: '4', CPUS: '2', SIZE: '20GB', FIRST: 'nodejs', SECRET: 'A', FILE: '/a', REGION: 'ams' };
    expect(await specOf(text, { ...env, ...more })).toMatchObject({
      name: 'app-main',
      image: { reference: `ghcr.io/pacphi/app:${sha}` },
      buildFromSource: { gitRef: sha, repository: 'https://git.example/a/b.git' },
      resources: { memoryMb: 4096, cpus: 2 },
      workspace: { sizeGb: 20 },
      extensions: { active: ['nodejs', 'docker'] },
      secrets: [{ name: 'A', fromFile: '/a' }],
      options: { region: 'ams' },
    });
  });

  it.each([
    'ssh://git@git.example/a',
    'https://me:word@git.example/a',
    'http://git.example/a',
    '--upload-pack=x',
    'file:///a',
  ])('takes no repository %s', async (repository) => {
    const wrong = specOf(config(`  buildFromSource: {enabled: true, repository: "${repository}"}\n`));
    await expect(wrong).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      details: { problems: [{ message: expect.stringContaining('https address of a git repository') }] },
    });
  });

  it('takes the GPU from either place, or a part from each', async () => {
    const gpu = { tier: 'gpu-small', type: 'nvidia', count: 1, memoryMb: null };
    const { resources } = await specOf(config('  gpu: {enabled: true, tier: gpu-small}\n'));
    expect(resources.gpu).toEqual(gpu);
    expect((await specOf(config('  resources: {gpu: {enabled: true, tier: gpu-small}}\n'))).resources.gpu).toEqual(gpu);
    const parts = config('  gpu: {enabled: true}\n  resources: {gpu: {tier: gpu-small}}\n');
    expect((await specOf(parts)).resources.gpu).toEqual(gpu);
    expect((await specOf(config('  gpu: {enabled: false, tier: gpu-small}\n'))).resources.gpu).toBeNull();
  });

  it('knows a moved value by both of its paths', async () => {
    const { origins } = await specOf(config('  gpu: {enabled: true, tier: gpu-small}\n'));
    expect(origins['deployment.gpu.tier']).toEqual({ file: 'sindri.yaml', line: 5, column: 30 });
    expect(origins['deployment.resources.gpu.tier']).toEqual(origins['deployment.gpu.tier']);
  });

  it('reads variables as what is wanted', async () => {
    const spec = await specOf(
      config(
        [
          '  image: ghcr.io/myorg/app:${SHA}',
          '  resources: {cpus: "${CPUS}", memory: "${MB}MB"}',
          '  volumes: {workspace: {size: "${SIZE:-20GB}"}}',
          'extensions: {autoInstall: "${INSTALL}"}',
          'providers:',
          '  fly: {sshPort: "${PORT:-10099}", organization: "${ORG}"}',
        ].join('\n'),
      ),
      { SHA: '0123abc', CPUS: '4', MB: '2048', INSTALL: 'false', ORG: '1234' },
    );
    expect(spec).toMatchObject({
      image: { reference: 'ghcr.io/myorg/app:0123abc' },
      resources: { cpus: 4, memoryMb: 2048 },
      workspace: { sizeGb: 20 },
      extensions: { autoInstall: false },
      options: { sshPort: 10099, organization: '1234' },
    });
  });

  it('does not fill variables into keys, nor into what an extension key keeps to itself', async () => {
    const spec = await specOf(config('x-later: "${NOWHERE}"\nproviders: {fly: {labels: {"${A}": "${B}"}}}\n'), {
      A: '1',
      B: '2',
    });
    expect(spec.options['labels']).toEqual({ '${A}': '2' });
  });

  it('leaves the keys of an open map alone', async () => {
    const spec = await specOf(config('providers: {fly: {labels: {cost_center: a, costCenter: b, x-team: c}}}\n'));
    expect(spec.options['labels']).toEqual({ cost_center: 'a', costCenter: 'b', 'x-team': 'c' });
  });

  it('merges what anchors share', async () => {
    const spec = await specOf(
      `x-small: &small {memory: 1GB, cpus: 1}\n${config('  resources: {<<: *small, cpus: 2}\n')}`,
    );
    expect(spec.resources).toMatchObject({ memoryMb: 1024, cpus: 2 });
  });

  it('is free of the prototypes of objects', async () => {
    const { errors } = await judge(config('constructor: {prototype: {polluted: 1}}\ntoString: 1\n__proto__: {a: 1}\n'));
    expect(errors.map(({ path }) => path)).toEqual(['constructor', 'toString', '']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('the document', () => {
  it('is the whole config in one spelling, with all defaults and units', async () => {
    const { document } = await load(
      'version: 1.0\ndeployment:\n  provider: fly\n  gpu: {enabled: true}\n  resources: {memory: 2048}\nsecrets: [{name: A, source: env}]\nx-mine: 1\n',
    );
    expect(document).toEqual({
      version: '1.0',
      name: 'demo',
      deployment: {
        provider: 'fly',
        resources: { memory: '2GB', gpu: { enabled: true, type: 'nvidia', count: 1 } },
      },
      extensions: { profile: 'minimal', autoInstall: true },
      secrets: [{ name: 'A', source: 'env', required: false }],
      providers: {
        fly: {
          region: 'sjc',
          organization: 'personal',
          cpuKind: 'shared',
          sshPort: 10022,
          autoStopMachines: true,
          autoStartMachines: true,
          highAvailability: false,
          dedicatedIpv4: false,
        },
      },
    });
    expect(Object.keys(document)).toEqual(['version', 'name', 'deployment', 'extensions', 'secrets', 'providers']);
  });

  it.each([
    ['everything', everything],
    ['everything in snake_case', snake(everything)],
    ['nearly nothing', 'deployment: {provider: fly}'],
    ['sizes without units', config('  resources: {memory: 4096}\n  volumes: {workspace: {size: 0.5}}\n')],
  ])('means the same when it is loaded again: %s', async (_what, text) => {
    const first = await load(text);
    const second = await load(stringify(first.document));
    expect({ ...second.spec, origins: {} }).toEqual({ ...first.spec, origins: {} });
    expect(second.document).toEqual(first.document);
    expect(second.warnings).toEqual([]);
  });
});

describe("the provider's own judgement", () => {
  const strict = flyLikeProvider({
    validate: (spec) => [
      ...(spec.resources.cpus === 3
        ? [{ severity: 'error' as const, code: 'FLY_CPUS', message: 'No 3 CPUs.', path: 'deployment.resources.cpus' }]
        : []),
      ...(spec.options['region'] === 'xxx'
        ? [{ severity: 'error' as const, code: 'FLY_REGION', message: 'No such region.', path: 'providers.fly.region' }]
        : []),
      { severity: 'warning' as const, code: 'FLY_STOP', message: 'May stop.', path: 'providers.fly.autoStopMachines' },
    ],
  });
  const lines = async (text: string): Promise<string[]> => (await judge(text, { providers: [strict] })).lines;

  it('is reported with everything else, at its place, by the path as written', async () => {
    const { problems } = await judge(
      config('  resources: {cpus: 3, memory: x}\nproviders:\n  fly: {region: xxx, auto_stop_machines: true, foo: 1}\n'),
      { providers: [strict] },
    );
    expect(problems.map(({ code, path, line, column }) => [code, path, line, column])).toEqual([
      ['FLY_CPUS', 'deployment.resources.cpus', 5, 21],
      ['CONFIG_VALUE', 'deployment.resources.memory', 5, 32],
      ['FLY_REGION', 'providers.fly.region', 7, 17],
      ['FLY_STOP', 'providers.fly.auto_stop_machines', 7, 42],
      ['CONFIG_UNKNOWN_KEY', 'providers.fly.foo', 7, 48],
    ]);
  });

  it('stands at the block where a value would be that nobody wrote', async () => {
    expect(await lines(config('providers:\n  fly:\n    region: ord\n'))).toEqual(['6:3 warning May stop.']);
    expect(await lines(config())).toEqual(['1:1 warning May stop.']);
  });

  it('is not asked about what has been refused already', async () => {
    expect(await lines(config('providers:\n  fly: {autoStopMachines: perhaps}\n'))).toEqual([
      '6:27 error providers.fly.autoStopMachines must be `true` or `false`, got "perhaps".',
    ]);
  });

  it('is not asked when too little is left', async () => {
    expect(await lines('version: "3.0"\nname: demo\n')).toEqual([
      '1:1 error deployment is missing. (Where the environment runs (`provider: fly`), from which image, and with how much of everything.)',
    ]);
  });

  it('cannot change the spec', async () => {
    const greedy = flyLikeProvider({
      validate: (spec) => {
        spec.name = 'changed';
        return [];
      },
    });
    expect((await judge(config(), { providers: [greedy] })).spec?.name).toBe('demo');
  });

  it('is a broken provider when it throws over a sound config, and silent over another', async () => {
    const broken = flyLikeProvider({
      validate: () => {
        throw new TypeError('oops');
      },
    });
    const { problems, spec } = await judge(config(), { providers: [broken] });
    expect([spec, problems.map(({ code }) => code)]).toEqual([null, ['PROVIDER_BROKEN']]);
    expect((await judge(config('foo: 1\n'), { providers: [broken] })).problems.map(({ code }) => code)).toEqual([
      'CONFIG_UNKNOWN_KEY',
    ]);
    const registry = createProviderRegistry([broken]);
    await expect(
      loadConfig({ text: config(), cwd: '/project/demo' }, { env: {}, providers: registry }),
    ).rejects.toMatchObject({ code: 'PROVIDER_BROKEN' });
  });
});

describe('other providers', () => {
  const other = flyLikeProvider({
    name: 'other',
    optionsSchema: {
      type: 'object',
      additionalProperties: false,
      properties: { size: { $ref: '#/$defs/size' }, autoPause: { type: 'boolean' } },
      $defs: { size: { type: 'integer', minimum: 1 } },
    },
  });

  it('get their blocks judged, which stops nothing', async () => {
    const text = config('providers:\n  other: {size: 0, auto_pause: "${NOPE}", foo: 1}\n');
    const { lines, spec } = await judge(text, { providers: [flyLikeProvider(), other] });
    expect(lines).toEqual([
      '6:17 warning providers.other.size must be a whole number of at least 1, got 0.',
      '6:33 warning The variable NOPE is not set. (Set it in the shell, or give a default: `${NOPE:-value}`.)',
      '6:43 warning providers.other.foo is not a known key. (Known here: size, autoPause.)',
    ]);
    expect(spec?.provider).toBe('fly');
  });

  it('may be broken', async () => {
    const providers = createProviderRegistry([
      flyLikeProvider(),
      { name: 'other', apiVersion: 99, origin: 'other 1', load: () => other },
    ]);
    const loaded = await loadConfig(
      { text: config('providers: {other: {anything: true}}\n'), cwd: '/project/demo' },
      { env: {}, providers },
    );
    expect(loaded.warnings).toEqual([]);
  });

  it('may bring a schema that is none', async () => {
    const odd = flyLikeProvider({
      name: 'odd',
      optionsSchema: { type: 'object', additionalProperties: false, properties: { a: { pattern: '(' } } },
    });
    const text = config('providers: {odd: {a: b}}\n');
    expect((await judge(text, { providers: [flyLikeProvider(), odd] })).lines).toEqual([]);
    const chosen = 'version: "3.0"\nname: demo\ndeployment: {provider: odd}\n';
    expect((await judge(chosen, { providers: [odd] })).problems).toMatchObject([
      { code: 'PROVIDER_BROKEN', path: 'deployment.provider', line: 3 },
    ]);
  });
});

describe('a provider that is there but cannot be used', () => {
  it('is told as such by loadConfig, and as a problem by validateConfig', async () => {
    const providers = createProviderRegistry([
      { name: 'fly', apiVersion: 99, origin: '@sindri/provider-fly 9.0.0', load: () => flyLikeProvider() },
    ]);
    await expect(
      loadConfig({ text: config('foo: 1\n'), cwd: '/project/demo' }, { env: {}, providers }),
    ).rejects.toMatchObject({ code: 'PROVIDER_API_VERSION' });
  });
});
