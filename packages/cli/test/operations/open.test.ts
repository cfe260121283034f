import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createProviderRegistry, createRedactor, defaultStateDir, type Provider } from '@sindri/core';
import { createIdentity } from '@sindri/ssh';
import { formatImport } from '../../src/format/import';
import { initConfig } from '../../src/operations/config-init';
import { providersHere } from '../../src/operations/connection-methods';
import { doctor } from '../../src/operations/doctor';
import { importEnvironment } from '../../src/operations/import';
import { openFor } from '../../src/operations/open';
import { change, fakeShell, plain } from '../fakes';

let dir: string;
beforeEach(() => (dir = mkdtempSync(path.join(tmpdir(), 'sindri-cli-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function pretend(rest: Partial<Provider> = {}): Provider {
  const nothing = () => Promise.reject(new Error('not needed'));
  return {
    name: 'pods',
    apiVersion: 1,
    title: 'Pods',
    capabilities: [],
    optionsSchema: { type: 'object', additionalProperties: false, properties: { zone: { type: 'string' } } },
    ...{ check: nothing, observe: nothing, plan: nothing, apply: nothing, summarize: nothing },
    ...rest,
  } as unknown as Provider;
}

function shellWith(provider: Provider) {
  const source = {
    name: 'pods',
    apiVersion: 1,
    origin: 'pods 1.0.0',
    load: () => provider,
    local: { command: 'pods:serve' },
  };
  const registry = createProviderRegistry([source]);
  return fakeShell({
    cwd: dir,
    env: { PODS_TOKEN: 'real-token-of-pods', ZONE: 'here', HOME: dir },
    redactor: createRedactor(),
    providers: () => registry,
    startLocal: async () => ({ PODS_TOKEN: 'local-token-of-pods', ZONE: 'local' }),
  });
}

test('with --local the config is read once, and means what it says with the variables of the emulator', async () => {
  writeFileSync(
    path.join(dir, 'sindri.yaml'),
    'version: "3.0"\nname: demo\ndeployment:\n  provider: pods\nproviders:\n  pods:\n    zone: ${ZONE}\n',
  );
  let validated = 0;
  const provider = pretend({
    validate: () => {
      validated += 1;
      return [];
    },
  });
  const shell = shellWith(provider);
  const environment = await openFor(shell, { local: true });
  expect([environment.spec.options, validated]).toEqual([{ zone: 'local' }, 1]);
  expect((await openFor(shell, { local: false })).spec.options).toEqual({ zone: 'here' });
});

test.each<[string, string, boolean]>([
  ['a key that nobody knows', 'bogus: 1', true],
  ['a broken variable', 'x: ${', true],
  ['a key that nobody knows beside a variable', 'bogus: 1\nproviders:\n  pods:\n    zone: ${ZONE}', true],
  ['what the provider refuses', 'providers:\n  pods:\n    zone: bad', true],
  ['what the provider refuses to deploy', 'providers:\n  pods:\n    zone: closed', true],
  ['the same, for a command that does not deploy', 'providers:\n  pods:\n    zone: closed', false],
])('with --local nothing is started for a config that is wrong: %s', async (_what, more, deploys) => {
  writeFileSync(path.join(dir, 'sindri.yaml'), `version: "3.0"\nname: demo\ndeployment:\n  provider: pods\n${more}\n`);
  let started = 0;
  const provider = pretend({
    validate: ({ options }) => {
      const { zone } = options as { zone?: string };
      const problem = { severity: 'error', code: 'PODS_ZONE', message: 'no', path: 'providers.pods.zone' } as const;
      if (zone === 'bad') return [problem];
      return zone === 'closed' ? [{ ...problem, blocks: 'deploy' }] : [];
    },
  });
  const shell = shellWith(provider);
  const startLocal = shell.startLocal;
  shell.startLocal = (source) => {
    started += 1;
    return startLocal(source);
  };
  const opening = openFor(shell, { local: true, deploys });
  if (deploys) await expect(opening).rejects.toMatchObject({ code: 'CONFIG_INVALID', kind: 'usage' });
  else expect((await opening).spec.name).toBe('demo');
  expect(started).toBe(deploys ? 0 : 1);
});

test('one redactor knows the secrets of the environment and of the emulator', async () => {
  writeFileSync(path.join(dir, 'sindri.yaml'), 'version: "3.0"\nname: demo\ndeployment:\n  provider: pods\n');
  const shell = shellWith(pretend());
  const environment = await openFor(shell, { local: true });
  expect(environment.redactor).toBe(shell.redactor);
  expect(shell.redactor.text('real-token-of-pods local-token-of-pods')).toBe('‹redacted› ‹redacted›');
});

test('doctor --local looks for the key that a deploy to the local emulator has made, and counts warnings', async () => {
  writeFileSync(path.join(dir, 'sindri.yaml'), 'version: "3.0"\nname: demo\ndeployment:\n  provider: pods\n');
  const odd = { severity: 'warning', code: 'PODS_ODD', message: 'odd', path: 'name' } as const;
  const shell = shellWith(pretend({ check: async () => ({ items: [] }), validate: () => [odd] }));
  const stateDir = path.join(defaultStateDir(shell.env), 'local');
  const made = await createIdentity({ stateDir, environment: 'demo' });
  const { items } = await doctor(shell, { local: true }, 'v20.19.0');
  expect(items.find(({ id }) => id === 'ssh-key')?.message).toBe('path' in made && made.path);
  expect(items.find(({ id }) => id === 'config')?.message).toBe(`${path.join(dir, 'sindri.yaml')}, 1 warning`);
});

test('doctor promises no key of a deploy to a provider into which SSH does not lead', async () => {
  writeFileSync(path.join(dir, 'sindri.yaml'), 'version: "3.0"\nname: demo\ndeployment:\n  provider: pods\n');
  const shell = shellWith(pretend({ check: async () => ({ items: [] }), title: 'Pods' }));
  const { items } = await doctor(shell, { local: true }, 'v20.19.0');
  expect(items.find(({ id }) => id === 'ssh-key')?.message).toBe('none, and Pods needs none');
});

test('the provider of a config counts for help though the rest of it is wrong', async () => {
  const file = path.join(dir, 'sindri.yaml');
  writeFileSync(file, 'name: demo\nnonsense: 1\ndeployment:\n  provider: pods\n');
  const other = pretend({ name: 'other', title: 'Other' });
  const registry = createProviderRegistry([other, pretend()]);
  const found = await providersHere({ registry, cwd: dir, env: {} });
  expect(found.map(({ name }) => name)).toEqual(['pods']);
});

test('config init writes the sample of the provider, and refuses one that it would refuse itself', async () => {
  const sample = { image: 'ghcr.io/acme/pods:1.0.0', memory: '1GB', options: { zone: 'north' } };
  await initConfig(shellWith(pretend({ sample })), { name: 'demo', force: false });
  const text = readFileSync(path.join(dir, 'sindri.yaml'), 'utf8');
  for (const part of ['image: ghcr.io/acme/pods:1.0.0', 'memory: 1GB', 'zone: "north"']) expect(text).toContain(part);

  const refusing = pretend({
    sample,
    validate: () => [
      { severity: 'error', code: 'PODS_ZONE_GONE', message: 'The zone is gone.', path: 'providers', blocks: 'deploy' },
    ],
  } as Partial<Provider>);
  const misspelt = initConfig(shellWith(pretend()), { file: 'other.yaml', profile: 'fulstack', force: false });
  await expect(misspelt).rejects.toMatchObject({
    code: 'USAGE',
    message: 'other.yaml was not written: Sindri\'s own images have no profile "fulstack".',
    hint: 'Did you mean `fullstack`?',
  });
  const attempt = initConfig(shellWith(refusing), { name: 'demo', file: 'other.yaml', force: false });
  await expect(attempt).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

test('config init leaves room behind a name that it takes from a long directory', async () => {
  const cwd = path.join(dir, `${'long-'.repeat(8)}${'x'.repeat(100)}`);
  mkdirSync(cwd);
  const { name } = await initConfig({ ...shellWith(pretend()), cwd }, { force: false });
  expect(name).toBe(`${'long-'.repeat(7)}long`);
});

test('config init says what to install when there is no provider', async () => {
  const shell = fakeShell({ cwd: dir });
  await expect(initConfig(shell, { force: false })).rejects.toMatchObject({
    code: 'PROVIDER_NOT_FOUND',
    hint: expect.stringContaining('sindri plugins install'),
  });
});

describe('import', () => {
  const config = { name: 'web', deployment: { provider: 'pods' } };
  const asked: string[] = [];
  const importer = (rest: Partial<Provider> = {}) =>
    pretend({
      capabilities: ['import'],
      import: {
        files: ['pods.json'],
        fromFile: ({ text }) => ({ config: { ...config, name: text.trim() }, remarks: [] }),
        fromPlatform: async (name, { env }) => {
          asked.push(`${name} ${env['PODS_TOKEN']}`);
          const message = 'It is so.';
          return { config, remarks: [{ subject: 'a port', effect: 'stays', message }] };
        },
      },
      observe: async ({ name }) => ({
        environment: name,
        provider: 'pods',
        observedAt: '2026-03-01T12:00:00Z',
        resources: [],
        facts: {},
      }),
      plan: () => ({ changes: [], notes: [], cost: null }),
      ...rest,
    });
  const request = { local: false, force: false };

  it('reads a file where the word is one, and asks nobody', async () => {
    writeFileSync(path.join(dir, 'pods.json'), 'from-a-file');
    asked.length = 0;
    const result = await importEnvironment(shellWith(importer()), { ...request, source: 'pods.json' });
    expect(result).toMatchObject({ name: 'from-a-file', plan: null, source: { kind: 'file' } });
    expect(asked).toEqual([]);
    expect(readFileSync(path.join(dir, 'sindri.yaml'), 'utf8')).toContain('name: from-a-file');
    expect(formatImport(result, plain, (words) => words)).toContain('Next, see what a deploy of it would do');
  });

  it('asks the provider, there or at its local emulator, and plans what it wrote', async () => {
    asked.length = 0;
    const shell = shellWith(importer());
    const result = await importEnvironment(shell, { ...request, source: 'web', local: true });
    expect(asked).toEqual(['web local-token-of-pods']);
    expect(result).toMatchObject({ name: 'web', plan: { changes: 0, adopts: false } });
    const text = formatImport(result, plain, (words) => words);
    expect(text).toContain('a config cannot say it:\n  a port');
    expect(text).toContain('its plan is empty');
  });

  it('says when it was not made by us, and when nothing can be planned', async () => {
    const plan = () => ({ changes: [change('machine:a', { action: 'adopt' })], notes: [], cost: null });
    const adopted = await importEnvironment(shellWith(importer({ plan })), {
      ...request,
      source: 'web',
      file: 'a.yaml',
    });
    expect(formatImport(adopted, plain, (words) => words)).toContain('deploy --adopt --dry-run');
    const observe = () => Promise.reject(new Error('the line is down'));
    const broken = await importEnvironment(shellWith(importer({ observe })), {
      ...request,
      source: 'web',
      file: 'b.yaml',
    });
    expect(broken).toMatchObject({ plan: null, unplanned: { code: 'PROVIDER_BROKEN' } });
    expect(formatImport(broken, plain, (words) => words)).toContain('could not be planned');
  });

  it('refuses before it asks anybody', async () => {
    asked.length = 0;
    writeFileSync(path.join(dir, 'sindri.yaml'), 'mine');
    const shell = shellWith(importer());
    const refused = (rest: object) => importEnvironment(shell, { ...request, source: 'web', ...rest });
    await expect(refused({})).rejects.toMatchObject({ code: 'CONFIG_EXISTS' });
    await expect(refused({ file: 'new.yaml', source: './other.toml' })).rejects.toMatchObject({
      code: 'CAPABILITY_UNSUPPORTED',
      hint: expect.stringContaining('pods.json') as string,
    });
    await expect(refused({ file: 'new.yaml', source: './pods.json' })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(
      importEnvironment(shellWith(pretend()), { ...request, source: 'web', file: 'new.yaml' }),
    ).rejects.toMatchObject({ code: 'CAPABILITY_UNSUPPORTED' });
    expect(asked).toEqual([]);
    expect(readFileSync(path.join(dir, 'sindri.yaml'), 'utf8')).toBe('mine');
  });

  it('writes nothing when no valid config says what was found', async () => {
    const unsayable = { ...config, name: 'Not A Name' };
    const provider = importer({ import: { fromPlatform: async () => ({ config: unsayable, remarks: [] }) } });
    await expect(importEnvironment(shellWith(provider), { ...request, source: 'web' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    expect(existsSync(path.join(dir, 'sindri.yaml'))).toBe(false);
    const other = { deployment: { provider: 'other' } };
    const liar = importer({ import: { fromPlatform: async () => ({ config: other, remarks: [] }) } });
    await expect(importEnvironment(shellWith(liar), { ...request, source: 'web' })).rejects.toMatchObject({
      code: 'PROVIDER_BROKEN',
    });
  });
});
