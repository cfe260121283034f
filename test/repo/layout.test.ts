import { existsSync } from 'node:fs';
import path from 'node:path';
import { packages, read, root, sourceFiles, trackedFiles } from './sources.js';

/** What stands at the top, and nothing else: whoever opens the repository should see the rooms at one glance. */
const topLevel = {
  rooms: ['bench', 'docs', 'examples', 'packages', 'plugins', 'schemas', 'scripts', 'test'],
  pages: ['ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md'],
  launcher: ['sindri'],
  // Where GitHub Actions looks for it.
  action: ['action.yml'],
  npm: ['.npmrc', 'lerna.json', 'package-lock.json', 'package.json'],
  tools: [
    '.ci',
    '.github',
    '.gitignore',
    '.prettierignore',
    '.prettierrc.json',
    'eslint.config.mjs',
    'jest.config.js',
    'tsconfig.base.json',
    'tsconfig.json',
  ],
};

const published = ['schemas', ...packages];
const MAXIMUM_LINES = 400;
/** The contract is one page on purpose: whoever writes a provider reads it from top to bottom. */
const longerOnPurpose: Record<string, number> = { 'packages/core/src/provider/contract.ts': 450 };

interface Manifest {
  name: string;
  version: string;
  license: string;
  description?: string;
  engines?: { node?: string };
  files?: string[];
  publishConfig?: { access?: string; provenance?: boolean };
  dependencies?: Record<string, string>;
  scripts?: Record<string, string>;
}

const manifest = (folder: string) => JSON.parse(read(`${folder}/package.json`)) as Manifest;
const files = trackedFiles();

describe('top level', () => {
  it('has the rooms of the house and their papers', () => {
    const found = [...new Set(files.map((file) => file.split('/')[0] as string))].sort();
    expect(found).toEqual(Object.values(topLevel).flat().sort());
  });

  it.each(published)('%s says what it is', (folder) => {
    expect(existsSync(path.join(root, folder, 'README.md'))).toBe(true);
    expect(read(`${folder}/README.md`)).toContain(manifest(folder).name);
  });
});

describe('package.json', () => {
  const { version } = JSON.parse(read('lerna.json')) as { version: string };

  it.each(published)('of %s is fit to be published', (folder) => {
    const {
      name,
      license,
      description,
      engines,
      files: shipped,
      publishConfig,
      scripts = {},
      ...rest
    } = manifest(folder);
    expect(name).toMatch(/^@sindri\/[a-z-]+$/);
    expect({ version: rest.version, license, engines, publishConfig }).toEqual({
      version,
      license: 'MIT',
      engines: { node: '>=20.19' },
      publishConfig: { access: 'public', provenance: true },
    });
    expect(description).toMatch(/^\S.*\.$/);
    expect(shipped).toContain('README.md');
    // Nobody should have to run our code by installing it.
    expect(Object.keys(scripts).filter((script) => /^(pre|post)?install$|^prepare$/.test(script))).toEqual([]);
  });

  it.each(published)('of %s wants its siblings in exactly this version', (folder) => {
    const siblings = Object.entries(manifest(folder).dependencies ?? {}).filter(([name]) =>
      name.startsWith('@sindri/'),
    );
    expect(siblings.filter(([, wanted]) => wanted !== version)).toEqual([]);
  });
});

describe('sources', () => {
  const sources = packages.flatMap((folder) => sourceFiles(`${folder}/src`));

  it('are named after what they know', () => {
    const vague = /(^|\/)(utils?|helpers?|common|misc|shared)(\.ts$|\/)/;
    expect(files.filter((file) => /\/src\//.test(file) && vague.test(file))).toEqual([]);
  });

  it('have names in kebab case', () => {
    const odd = sources.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(path.posix.basename(file)));
    expect(odd).toEqual([]);
  });

  it(`have at most ${MAXIMUM_LINES} lines`, () => {
    const long = sources
      .map((file) => [file, read(file).split('\n').length - 1] as const)
      .filter(([file, lines]) => lines > (longerOnPurpose[file] ?? MAXIMUM_LINES))
      .map(([file, lines]) => `${file}: ${lines}`);
    expect(long).toEqual([]);
  });

  it('hold no tests', () => {
    expect(files.filter((file) => /\/src\/.*\.test\.ts$/.test(file))).toEqual([]);
  });
});

describe('no file knows the computer it was written on', () => {
  // In pieces, so that this file is none of those that it finds.
  const telltales = [
    ['absolute path', new RegExp(`(?<![\\w.~}-])/(?:${['work', 'root', 'Users', 'tmp/bash'].join('|')})/`)],
    ['package mirror', new RegExp(['registry\\.npm' + 'js', 'proxy\\.go' + 'lang', 'artifact' + 'ory'].join('|'))],
  ] as const;
  const texts = files.filter((file) => /\.(ts|js|mjs|cjs|json|md|ya?ml|txt)$|^\.ci\/|^\.npmrc$/.test(file));

  it.each(telltales)('no %s', (_what, telltale) => {
    const found = texts.flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((line, index) => (telltale.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
    );
    expect(found).toEqual([]);
  });

  it('the lock file names versions and checksums, not where they were fetched from', () => {
    const { packages: locked } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { resolved?: string; link?: boolean }>;
    };
    const fetched = Object.entries(locked).filter(([, entry]) => entry.resolved !== undefined && entry.link !== true);
    expect(fetched.map(([name]) => name)).toEqual([]);
  });
});
