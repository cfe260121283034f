import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createProviderRegistry } from '@sindri/core';
import { newProvider, type NewProviderRequest } from '../../src/operations/provider-new';
import { fakeShell } from '../fakes';

const templates = path.resolve(__dirname, '../../templates/provider');
let dir: string;
beforeEach(() => (dir = mkdtempSync(path.join(tmpdir(), 'sindri-cli-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function make(rest: Partial<NewProviderRequest> = {}) {
  const shell = fakeShell({ cwd: dir, providers: () => createProviderRegistry([]) });
  return newProvider(shell, { name: 'my-cloud', language: 'javascript', templates, version: '7.8.9', ...rest });
}

describe('provider new', () => {
  it.each([
    ['', undefined],
    ['Fly', 'Did you mean "fly"?'],
    ['../up', 'Did you mean "up"?'],
    ['a b', 'Did you mean "a-b"?'],
    ['7even', 'Did you mean "even"?'],
    ['a--b', 'Did you mean "a-b"?'],
    ['trailing-', 'Did you mean "trailing"?'],
    ['a\u0000b', 'Did you mean "a-b"?'],
    ['ümlaut', 'Did you mean "mlaut"?'],
    ['$(reboot)', 'Did you mean "reboot"?'],
    ['constructor', undefined],
    ['x'.repeat(41), `Did you mean "${'x'.repeat(40)}"?`],
  ])('refuses the name %j, and writes nothing', async (name, hint) => {
    const error = await make({ name }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'USAGE', kind: 'usage' });
    expect((error as { hint?: string }).hint).toBe(hint);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('puts the name, the words made of it, and the version everywhere', async () => {
    const { directory, files } = await make({ name: 'big-iron-2' });
    const read = (file: string) => readFileSync(path.join(directory, file), 'utf8');
    expect(directory).toBe(path.join(dir, 'sindri-provider-big-iron-2'));
    expect(read('index.js')).toContain("'BIG_IRON_2_TAKEN'");
    expect(read('index.js')).toContain("title: 'Big Iron 2'");
    expect(JSON.parse(read('package.json'))).toMatchObject({
      name: 'sindri-provider-big-iron-2',
      devDependencies: { '@sindri/core': '^7.8.9' },
      sindri: { provider: { name: 'big-iron-2', title: 'Big Iron 2' } },
    });
    expect(files).toContain('.gitignore');
    expect(files).toContain('.github/workflows/test.yml');
    for (const file of files) expect(read(file)).not.toMatch(/my.?platform/i);
  });

  it('takes an empty directory, and what to type next leads there', async () => {
    mkdirSync(path.join(dir, 'an empty one'));
    const { next } = await make({ directory: 'an empty one' });
    expect(next[0]).toBe("cd 'an empty one'");
    await expect(make({ directory: 'an empty one' })).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  });

  it('writes nothing more once it was interrupted', async () => {
    const shell = fakeShell({ cwd: dir, providers: () => createProviderRegistry([]), signal: AbortSignal.abort() });
    const request = { name: 'my-cloud', language: 'javascript', templates, version: '1.0.0' } as const;
    await expect(newProvider(shell, request)).rejects.toThrow();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('takes back what it wrote when the rest cannot be written, and nothing else', async () => {
    const broken = path.join(dir, 'templates');
    mkdirSync(path.join(broken, 'javascript/a/deep'), { recursive: true });
    writeFileSync(path.join(broken, 'javascript/a/deep/one.txt'), '1');
    symlinkSync('nowhere', path.join(broken, 'javascript/b'));
    await expect(make({ templates: broken })).rejects.toThrow('ENOENT');
    expect(readdirSync(dir)).toEqual(['templates']);
    mkdirSync(path.join(dir, 'mine'));
    await expect(make({ templates: broken, directory: 'mine' })).rejects.toThrow('ENOENT');
    expect(readdirSync(path.join(dir, 'mine'))).toEqual([]);
  });
});
