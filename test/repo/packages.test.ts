import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packages, read, root } from './sources.js';

/** What `npm publish` would send: by folder, the files of each package. */
function published(): Map<string, Set<string>> {
  const told = execFileSync('npm', ['pack', '--workspaces', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
    maxBuffer: 64 * 1024 * 1024,
  });
  const packed = JSON.parse(told) as { name: string; files: { path: string }[] }[];
  const byName = new Map(packed.map(({ name, files }) => [name, new Set(files.map((file) => file.path))]));
  return new Map(
    ['schemas', ...packages].map((folder) => {
      const { name } = JSON.parse(read(`${folder}/package.json`)) as { name: string };
      return [folder, byName.get(name) ?? new Set()];
    }),
  );
}

describe('every package as it is published', () => {
  const files = published();

  it.each([...files.keys()])('%s has the licence', (folder) => {
    expect([...(files.get(folder) as Set<string>)]).toContain('LICENSE');
    expect(read(`${folder}/LICENSE`)).toBe(read('LICENSE'));
  });

  it.each([...files.keys()])('%s has what its source maps and its types point to', (folder) => {
    const own = files.get(folder) as Set<string>;
    const missing = [...own].flatMap((file) => {
      const text = /\.(js|ts|map)$/.test(file) ? readFileSync(path.join(root, folder, file), 'utf8') : '';
      const sources = file.endsWith('.map')
        ? (JSON.parse(text) as { sources: string[] }).sources
        : [...text.matchAll(/^\/\/# sourceMappingURL=(\S+)$/gm)].map((match) => match[1] as string);
      return sources
        .map((source) => path.posix.join(path.posix.dirname(file), source))
        .filter((source) => !own.has(source))
        .map((source) => `${file} → ${source}`);
    });
    expect(missing).toEqual([]);
  });

  it.each(packages)('the types of %s compile in a strict project that has only what it depends on', (folder) => {
    const { types, dependencies = {} } = JSON.parse(read(`${folder}/package.json`)) as {
      types?: string;
      dependencies?: Record<string, string>;
    };
    const wrong: string[] = [];
    const reached = new Set(types === undefined ? [] : [path.posix.join(folder, types)]);
    for (const file of reached) {
      for (const [line, names = '', from = ''] of read(file).matchAll(/^(?:import|export) (.*) from '([^']+)'/gm)) {
        if (from.startsWith('.'))
          reached.add(path.posix.join(path.posix.dirname(file), from.replace(/\.js$/, '.d.ts')));
        else if (!(from.startsWith('node:') ? named(names) : typed(from, dependencies))) wrong.push(`${file}: ${line}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

/** Without `esModuleInterop` the modules of Node have no default export. */
function named(names: string): boolean {
  return /^(type )?[{*]/.test(names);
}

/** Whether a package brings its types, or they are a dependency beside it. */
function typed(from: string, dependencies: Record<string, string>): boolean {
  const name = /^(@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? from;
  if (!(name in dependencies)) return false;
  if (`@types/${name}` in dependencies) return true;
  const { types, typings, exports } = JSON.parse(read(`node_modules/${name}/package.json`)) as Record<string, unknown>;
  return types !== undefined || typings !== undefined || JSON.stringify(exports ?? '').includes('"types"');
}
