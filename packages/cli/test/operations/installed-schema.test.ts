import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createProviderRegistry, type Provider } from '@sindri/core';
import { installSchema, refreshSchemas } from '../../src/operations/installed-schema';
import { fakeShell } from '../fakes';

let base: string;
let dir: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(path.join(tmpdir(), 'sindri-cli-')));
  dir = path.join(base, 'project');
  mkdirSync(dir);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const provider = (name: string) => {
  const nothing = () => Promise.reject(new Error('not needed'));
  return {
    ...{ name, apiVersion: 1, title: name, capabilities: [] },
    optionsSchema: { type: 'object', additionalProperties: false, properties: {} },
    ...{ check: nothing, observe: nothing, plan: nothing, apply: nothing, summarize: nothing },
  } as unknown as Provider;
};
const registryOf = (...names: string[]) => createProviderRegistry(names.map(provider));
const shellWith = (...names: string[]) =>
  fakeShell({ cwd: dir, env: { SINDRI_STATE_DIR: path.join(base, 'state') }, providers: () => registryOf(...names) });

function config(first: string): string {
  const file = path.join(dir, 'sindri.yaml');
  writeFileSync(file, `${first}# mine\nname: demo\ndeployment:\n  provider: pods\n`);
  return file;
}

const line = (reference: string) => `# yaml-language-server: $schema=${reference}\n`;
const providersIn = (file: string) =>
  Object.keys(
    (JSON.parse(readFileSync(file, 'utf8')) as { properties: { providers: { properties: object } } }).properties
      .providers.properties,
  );

it('is saved where the line points, with what is installed, and the config stays as it is', async () => {
  const file = config(`# hello\n${line('./schemas/mine.json')}`);
  const before = readFileSync(file, 'utf8');
  const result = await installSchema(shellWith('pods', 'boxes'), undefined);
  const schema = path.join(dir, 'schemas/mine.json');
  expect(result).toMatchObject({ file: schema, config: file, lineAdded: false, providers: ['pods', 'boxes'] });
  expect(providersIn(schema)).toEqual(['pods', 'boxes']);
  expect(readFileSync(file, 'utf8')).toBe(before);
});

it('adds the line to a config without one, keeps its mode, and keeps the schema out of version control', async () => {
  const file = config('');
  chmodSync(file, 0o600);
  expect(await installSchema(shellWith('pods'), undefined)).toMatchObject({ lineAdded: true });
  expect(readFileSync(file, 'utf8')).toMatch(
    /^# yaml-language-server: \$schema=\.sindri\/schema\.json\n# mine\nname: demo/,
  );
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(path.join(dir, '.sindri/.gitignore'), 'utf8')).toBe('*\n');
  // And again, over what it has written itself.
  expect(await installSchema(shellWith('pods'), undefined)).toMatchObject({ lineAdded: false });
});

it.each([
  ['https://example.com/schema.json', 'an address'],
  ['file:///etc/x.json', 'an address'],
  ['../outside.json', 'out of the directory'],
  ['/tmp/outside.json', 'out of the directory'],
  ['linked/schema.json', 'by a link'],
  ['.bashrc', 'no .json file'],
  ['package.json', 'no schema of Sindri'],
  ['theirs.json', 'no schema of Sindri'],
])('refuses a line of a cloned config that points to %s', async (reference, why) => {
  mkdirSync(path.join(base, 'elsewhere'));
  symlinkSync(path.join(base, 'elsewhere'), path.join(dir, 'linked'));
  writeFileSync(path.join(base, 'theirs.json'), '{"mine": true}');
  symlinkSync(path.join(base, 'theirs.json'), path.join(dir, 'theirs.json'));
  writeFileSync(path.join(dir, 'package.json'), '{"name": "mine"}');
  config(line(reference));
  await expect(installSchema(shellWith('pods'), undefined)).rejects.toMatchObject({
    code: 'SCHEMA_PLACE',
    message: expect.stringContaining(why) as string,
  });
  expect(readFileSync(path.join(dir, 'package.json'), 'utf8')).toBe('{"name": "mine"}');
  expect(readFileSync(path.join(base, 'theirs.json'), 'utf8')).toBe('{"mine": true}');
  expect(existsSync(path.join(base, 'elsewhere/schema.json'))).toBe(false);
});

it('follows the installed providers in every project, and leaves alone what is not ours any more', async () => {
  config('');
  const shell = shellWith('pods');
  const { file } = await installSchema(shell, undefined);
  expect(await refreshSchemas(shell.env, registryOf('pods', 'boxes'))).toEqual([file]);
  expect(providersIn(file)).toEqual(['pods', 'boxes']);
  writeFileSync(file, '{}');
  expect(await refreshSchemas(shell.env, registryOf('pods'))).toEqual([]);
  expect(readFileSync(file, 'utf8')).toBe('{}');
  rmSync(file);
  expect(await refreshSchemas(shell.env, registryOf('pods'))).toEqual([]);
  expect(existsSync(file)).toBe(false);
});
