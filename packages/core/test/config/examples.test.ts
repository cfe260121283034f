import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { validateConfig } from '../../src/config/load.js';
import { registry } from './fly-like-provider.js';

const directory = path.join(__dirname, '../../../../examples/fly');
const env = { CI_COMMIT_SHA: '0123abc' };

const load = (name: string) =>
  validateConfig({ path: path.join(directory, name), cwd: '/' }, { env, providers: registry });

describe('the examples for Fly', () => {
  const names = readdirSync(directory).filter((name) => name.endsWith('.sindri.yaml'));

  it.each(names)('%s is valid', async (name) => {
    const { problems, spec } = await load(name);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(spec?.provider).toBe('fly');
  });

  it('warn where a key is missing, and nowhere else', async () => {
    const warnings = await Promise.all(
      names.map(async (name) => [name, (await load(name)).problems.map(({ path: key }) => key)] as const),
    );
    const fragments = ['ci', 'from-source', 'from-source-branch', 'gpu', 'image-override', 'image-override-version'];
    expect(Object.fromEntries(warnings.filter(([, keys]) => keys.length > 0))).toEqual(
      Object.fromEntries(fragments.map((name) => [`${name}.sindri.yaml`, ['version', 'name']])),
    );
  });

  it('mean what they say', async () => {
    const spec = async (name: string) => (await load(`${name}.sindri.yaml`)).spec;
    expect(await spec('quickstart')).toMatchObject({
      name: 'my-sindri-fly',
      image: null,
      resources: { memoryMb: 4096, cpus: 2, gpu: null },
      workspace: { sizeGb: 30 },
      extensions: { profile: 'fullstack' },
      options: { region: 'sjc', autoStopMachines: true, autoStartMachines: true },
    });
    expect(await spec('gpu')).toMatchObject({ name: 'fly', resources: { gpu: { tier: 'gpu-medium' } } });
    expect(await spec('ci')).toMatchObject({ image: { reference: 'ghcr.io/myorg/app:0123abc' } });
    expect(await spec('image-override-version')).toMatchObject({ image: { request: { version: '^3.0.0' } } });
    expect(await spec('from-source')).toMatchObject({ buildFromSource: { gitRef: 'main' } });
    expect(await spec('secrets')).toMatchObject({
      secrets: [
        { name: 'ANTHROPIC_API_KEY', required: true },
        { name: 'GITHUB_TOKEN', required: false },
        { name: 'AUTHORIZED_KEYS', fromFile: '~/.ssh/id_ed25519.pub' },
      ],
    });
  });

  it('are listed in their README', () => {
    const readme = readFileSync(path.join(directory, 'README.md'), 'utf8');
    expect(names.filter((name) => !readme.includes(`(${name})`))).toEqual([]);
  });
});
