import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { typedName } from '../src/typed-name.js';

describe('what a person types to run Sindri', () => {
  let base: string;

  beforeEach(() => {
    base = mkdtempSync(path.join(tmpdir(), 'sindri-typed-'));
    for (const directory of ['bin', 'clone', 'other']) mkdirSync(path.join(base, directory));
    writeFileSync(path.join(base, 'clone/sindri'), '');
    symlinkSync('../clone/sindri', path.join(base, 'bin/sindri'));
    writeFileSync(path.join(base, 'other/sindri'), '');
  });

  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const at = (file: string) => path.join(base, file);

  it.each<[string, { script?: string; typed?: string; PATH?: string; cwd?: string; npm?: string }, string]>([
    ['installed and on the PATH', { script: 'bin/sindri', PATH: 'bin' }, 'sindri'],
    ['installed, but not on the PATH', { script: 'bin/sindri', cwd: 'clone' }, '<base>/bin/sindri'],
    ['installed in this very directory', { script: 'bin/sindri', cwd: 'bin' }, './sindri'],
    [
      'another program of this name comes first on the PATH',
      { script: 'bin/sindri', PATH: 'other:bin' },
      './bin/sindri',
    ],
    ['the launcher of a clone', { typed: './sindri', cwd: 'clone' }, './sindri'],
    ['the launcher from a folder inside', { typed: '../sindri', cwd: 'clone/src' }, '../sindri'],
    ['the launcher by its path', { typed: '<base>/clone/sindri' }, '<base>/clone/sindri'],
    ['the launcher through a link on the PATH', { typed: '<base>/bin/sindri', PATH: 'bin' }, 'sindri'],
    ['in a project, by npx', { script: 'node_modules/.bin/sindri', npm: 'exec' }, 'npx sindri'],
    ['by npx, which fetched it', { script: '_npx/1f/node_modules/.bin/sindri', npm: 'exec' }, 'npx @sindri/cli'],
    ['as a script of Node', { script: 'clone/bin/run.js' }, 'sindri'],
    ['a path with a blank', { typed: '../my clones/sindri' }, "'../my clones/sindri'"],
    ['not as a file at all', {}, 'sindri'],
  ])('%s', (_what, { script, typed, PATH = '', cwd = '.', npm }, expected) => {
    const name = typedName({
      script: script === undefined ? undefined : at(script),
      cwd: at(cwd),
      env: {
        SINDRI_TYPED: typed?.replace('<base>', base),
        PATH: PATH.split(':').filter(Boolean).map(at).join(path.delimiter),
        npm_command: npm,
      },
    });
    expect(name).toBe(expected.replace('<base>', base));
  });
});
