import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

/** Room → what its sources may import of ours. ARCHITECTURE.md draws the same arrows. */
const allowed: Record<string, string[]> = {
  'packages/core': ['@sindri/schemas'],
  'packages/ssh': ['@sindri/core'],
  'packages/image-contract': ['@sindri/core'],
  'packages/docker-engine': ['@sindri/core', '@sindri/oci'],
  'packages/oci': ['@sindri/core'],
  'packages/vault': ['@sindri/core'],
  'packages/git': ['@sindri/core'],
  'packages/wireguard': [],
  'packages/testkit': ['@sindri/core'],
  'packages/cli': ['@sindri/core', '@sindri/git', '@sindri/oci', '@sindri/ssh', '@sindri/testkit', '@sindri/vault'],
  'packages/fly-emulator': ['@sindri/wireguard'],
  'plugins/provider-fly': ['@sindri/core', '@sindri/image-contract', '@sindri/ssh', '@sindri/wireguard'],
  'plugins/provider-docker': ['@sindri/core', '@sindri/docker-engine', '@sindri/image-contract', '@sindri/ssh'],
};

/** Inside provider-fly the pure half must stay pure. */
const pureFolders = ['plugins/provider-fly/src/planner', 'packages/core/src/plan', 'packages/image-contract/src'];
/** Rooms that take only types from core: whoever uses them gets no code of ours beside theirs. */
const typesOnly = ['packages/image-contract'];
const impureModules = /^(undici|ssh2|@sindri\/ssh|(node:)?(fs|net|http|https|child_process|os|timers)(\/.*)?)$/;

function sources(folder: string): string[] {
  return readdirSync(path.join(root, folder)).flatMap((name) => {
    const relative = `${folder}/${name}`;
    if (statSync(path.join(root, relative)).isDirectory()) return name === '__generated__' ? [] : sources(relative);
    return name.endsWith('.ts') ? [relative] : [];
  });
}

function imports(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const found = text.matchAll(/(?:from|require\(|import\()\s*['"]([^'"]+)['"]/g);
  return [...found].map((match) => match[1] as string);
}

/** The files of a room that lead back to themselves, as `a -> b -> a`. */
function circles(room: string): string[] {
  const files = new Set(sources(`${room}/src`));
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' -> '));
    if (done.has(file)) return;
    done.add(file);
    for (const name of imports(file).filter((each) => each.startsWith('.'))) {
      const target = path.posix.join(path.posix.dirname(file), name.replace(/\.js$/, '.ts'));
      if (target !== file && files.has(target)) walk(target, [...way, file]);
    }
  };
  for (const file of files) walk(file, []);
  return found;
}

describe('import arrows', () => {
  it.each(Object.keys(allowed))('%s imports only the rooms it may', (room) => {
    const wrong = sources(`${room}/src`).flatMap((file) =>
      imports(file)
        .filter((name) => name.startsWith('@sindri/'))
        .filter((name) => !allowed[room]?.some((ours) => name === ours || name.startsWith(`${ours}/`)))
        .map((name) => `${file} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it.each(Object.keys(allowed))('no files of %s need each other in a circle', (room) => {
    expect(circles(room)).toEqual([]);
  });

  it.each(typesOnly)('%s takes only types from other rooms', (room) => {
    const wrong = sources(`${room}/src`).filter((file) =>
      /^(?:import|export)\s+(?!type\b)[^;]*?from\s+['"]@sindri\//m.test(readFileSync(path.join(root, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });

  it('no source reaches into another package by path', () => {
    const wrong = Object.keys(allowed).flatMap((room) =>
      sources(`${room}/src`).flatMap((file) =>
        imports(file)
          .filter((name) => name.startsWith('.'))
          .filter(
            (name) => !path.posix.normalize(path.posix.join(path.posix.dirname(file), name)).startsWith(`${room}/`),
          )
          // A package may read its own package.json, nothing else outside src.
          .map((name) => `${file} imports ${name}`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it.each(pureFolders)('%s does no I/O', (folder) => {
    const wrong = sources(folder).flatMap((file) =>
      imports(file)
        .filter((name) => impureModules.test(name))
        .map((name) => `${file} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('only the terminal shell knows the terminal framework, and core knows no process', () => {
    const wrong = [
      'packages/core',
      'packages/ssh',
      'packages/image-contract',
      'packages/docker-engine',
      'packages/oci',
      'packages/vault',
      'packages/git',
      'packages/wireguard',
      'packages/testkit',
      'plugins/provider-fly',
      'plugins/provider-docker',
    ].flatMap((room) =>
      sources(`${room}/src`).flatMap((file) => {
        const text = readFileSync(path.join(root, file), 'utf8');
        return [
          ...(imports(file).some((name) => name.startsWith('@oclif/')) ? [`${file} imports oclif`] : []),
          ...(/\bprocess\.(env|argv|exit|exitCode|stdout|stderr|cwd)\b|\bconsole\./.test(stripComments(text))
            ? [`${file} uses the process or the console`]
            : []),
        ];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('has no import cycles', () => {
    const cycles = Object.keys(allowed).flatMap((room) => findCycles(sources(`${room}/src`)));
    expect(cycles).toEqual([]);
  });
});

/** The rooms of core from the ground up: each imports from its own floor and from below. */
const coreFloors = [
  ['model', 'nearest.ts', 'home-directory.ts'],
  ['redact', 'provider', 'plan', 'state', 'clock.ts', 'abortable.ts'],
  ['config', 'image', 'source', 'apply'],
  ['environment'],
  ['index.ts'],
];

test('no arrow between the rooms of core runs upward', () => {
  const room = 'packages/core/src';
  const roomOf = (file: string): string => path.posix.relative(room, file).split('/')[0] as string;
  const floorOf = (file: string): number => coreFloors.findIndex((rooms) => rooms.includes(roomOf(file)));
  const wrong = sources(room).flatMap((file) =>
    imports(file)
      .filter((name) => name.startsWith('.'))
      .map((name) => path.posix.normalize(path.posix.join(path.posix.dirname(file), name)).replace(/\.js$/, '.ts'))
      .filter((target) => floorOf(target) > floorOf(file))
      .map((target) => `${file} imports ${target}`),
  );
  expect(wrong).toEqual([]);
  expect(sources(room).filter((file) => floorOf(file) < 0)).toEqual([]);
});

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

/** Cycles of value imports; a cycle of types alone disappears when compiled. */
function findCycles(files: string[]): string[] {
  const known = new Set(files);
  const edges = new Map(
    files.map((file) => {
      const text = readFileSync(path.join(root, file), 'utf8');
      const targets = [...text.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from\s+['"](\.[^'"]+)['"]/gm)]
        .map((match) => path.posix.normalize(path.posix.join(path.posix.dirname(file), match[1] as string)))
        .map((target) => target.replace(/\.js$/, '.ts'))
        .filter((target) => known.has(target));
      return [file, targets] as const;
    }),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, trail: string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) {
      cycles.push([...trail.slice(start), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return cycles;
}
