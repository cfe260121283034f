import { initialConfig } from '../../src/config/initial-config.js';
import { slugOf } from '../../src/config/environment-name.js';
import { flyLikeProvider, judge } from './fly-like-provider.js';

describe('initialConfig', () => {
  it('is valid as it is, and says what everybody sets', async () => {
    const { problems, spec } = await judge(initialConfig({ name: 'demo', provider: flyLikeProvider() }));
    expect(problems).toEqual([]);
    expect(spec).toMatchObject({
      name: 'demo',
      provider: 'fly',
      resources: { memoryMb: 2048, cpus: 2 },
      workspace: { sizeGb: 30 },
      extensions: { profile: 'minimal' },
      secrets: [],
    });
  });

  it('takes what it is told', async () => {
    const text = initialConfig({
      name: 'My Project (2)',
      provider: 'fly',
      profile: 'devops',
      memory: '1GB',
      cpus: 1,
      volume: '5GB',
    });
    expect((await judge(text)).spec).toMatchObject({
      name: 'my-project-2',
      resources: { memoryMb: 1024, cpus: 1 },
      workspace: { sizeGb: 5 },
      extensions: { profile: 'devops' },
    });
    expect(text).not.toContain('providers:');
  });

  it('is still valid with every comment taken as a line', async () => {
    const text = initialConfig({ name: 'demo', provider: flyLikeProvider() })
      .replace(/^# (secrets:)/m, '$1')
      .replace(/^#( {3}.*)/gm, '$1')
      .replace(/^( {4})# (?!labels)/gm, '$1');
    const { errors, spec } = await judge(text);
    expect(errors).toEqual([]);
    expect(spec?.secrets.map(({ name }) => name)).toEqual(['ANTHROPIC_API_KEY', 'AUTHORIZED_KEYS']);
    expect(spec?.options).toMatchObject({ region: 'sjc', cpuKind: 'shared', sshPort: 10022 });
  });

  it("shows the provider's options with what they are for", () => {
    const text = initialConfig({ name: 'demo', provider: flyLikeProvider() });
    expect(text).toContain('    # region: sjc # Where the machine runs.\n');
    expect(text).toContain('    # cpuKind: shared # shared | performance\n');
  });
});

describe('slugOf', () => {
  it.each([
    ['demo', 'demo'],
    ['My Project (2)', 'my-project-2'],
    ['Übung', 'ubung'],
    ['2024-review', 'review'],
    ['--a--b--', 'a-b'],
    ['under_score.dot', 'under-score-dot'],
    ['x'.repeat(80), 'x'.repeat(63)],
    [`${'x'.repeat(62)}-y`, 'x'.repeat(62)],
    ['', null],
    ['123', null],
    ['日本', null],
  ])('%j becomes %j', (text, slug) => {
    expect(slugOf(text)).toBe(slug);
  });

  it('writes the sample of the provider, and nothing that the provider has not asked for', async () => {
    const sample = { memory: '512MB', options: { region: 'ams' } };
    const text = initialConfig({ name: 'demo', provider: flyLikeProvider({ sample }) });
    const { problems, spec } = await judge(text);
    expect(problems).toEqual([]);
    expect(spec).toMatchObject({
      resources: { memoryMb: 512, cpus: null },
      workspace: { sizeGb: null },
      options: { region: 'ams' },
    });
    expect(text).toContain('    region: "ams"\n    # organization: personal\n');
  });

  it('is valid for a provider that has options which must be set', async () => {
    const strict = flyLikeProvider({ sample: { options: { sshPort: 10022 } } });
    const schema = { ...strict.optionsSchema, required: ['sshPort'], properties: { sshPort: { type: 'integer' } } };
    const provider = { ...strict, optionsSchema: schema };
    const { problems } = await judge(initialConfig({ name: 'demo', provider }), { providers: [provider] });
    expect(problems).toEqual([]);
  });
});
