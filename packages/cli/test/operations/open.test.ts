import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createProviderRegistry, createRedactor, type Provider } from '@sindri/core';
import { initConfig } from '../../src/operations/config-init';
import { providersHere } from '../../src/operations/connection-methods';
import { openFor } from '../../src/operations/open';
import { fakeShell } from '../fakes';

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
  const attempt = initConfig(shellWith(refusing), { name: 'demo', file: 'other.yaml', force: false });
  await expect(attempt).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

test('config init says what to install when there is no provider', async () => {
  const shell = fakeShell({ cwd: dir });
  await expect(initConfig(shell, { force: false })).rejects.toMatchObject({
    code: 'PROVIDER_NOT_FOUND',
    hint: expect.stringContaining('sindri plugins install'),
  });
});
