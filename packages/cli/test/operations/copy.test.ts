import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RemoteEntry } from '@sindri/ssh';
import { explainUnwritable } from '../../src/operations/copy/local-failure.js';
import { readCopyPaths } from '../../src/operations/copy/paths.js';
import { localSide, type Side } from '../../src/operations/copy/side.js';
import { listCopy } from '../../src/operations/copy/walk.js';
import { readForward } from '../../src/operations/forward-ports.js';

type Tree = { [name: string]: Tree | number };

/** A side made of nested objects: a number is a file of that size. */
function sideOf(tree: Tree, extra: Record<string, string[]> = {}): Side {
  const find = (path: string): Tree | number | undefined =>
    path
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .reduce<Tree | number | undefined>((at, part) => (typeof at === 'object' ? at[part] : undefined), tree);
  const entryOf = (found: Tree | number): RemoteEntry => ({
    kind: typeof found === 'number' ? 'file' : 'directory',
    size: typeof found === 'number' ? found : 0,
    mode: typeof found === 'number' ? 0o644 : 0o555,
    modifiedAt: 1,
  });
  return {
    async look(path) {
      const found = find(path);
      return found === undefined ? null : entryOf(found);
    },
    async list(path) {
      const odd = (extra[path] ?? []).map((name) => ({ name, entry: entryOf(1) }));
      return [...Object.entries(find(path) as Tree).map(([name, found]) => ({ name, entry: entryOf(found) })), ...odd];
    },
    makeDirectory: async () => undefined,
  };
}

const list = (words: string[], from: Side, to: Side, recursive = false) =>
  listCopy(readCopyPaths(words), [from, to], { recursive });
const goals = ({ files }: Awaited<ReturnType<typeof list>>) => files.map(({ to }) => to);

test('where a copy lands: as a new name, into a directory, below a directory that is new', async () => {
  const here = sideOf({ 'a.txt': 1, d: { 'b.txt': 2, e: { c: 3 } } });
  expect(goals(await list(['a.txt', ':new.txt'], here, sideOf({})))).toEqual(['new.txt']);
  expect(goals(await list(['a.txt', ':docs'], here, sideOf({ docs: {} })))).toEqual(['docs/a.txt']);
  expect(goals(await list(['a.txt', ':'], here, sideOf({})))).toEqual(['a.txt']);
  expect(goals(await list(['d', ':copy'], here, sideOf({}), true))).toEqual(['copy/b.txt', 'copy/e/c']);
  expect(goals(await list(['d/', ':'], here, sideOf({}), true))).toEqual(['d/b.txt', 'd/e/c']);
  expect(goals(await list([':~/a.txt', '.'], here, sideOf({})))).toEqual(['a.txt']);
});

test('a directory without the right to write can be filled all the same', async () => {
  const { directories } = await list(['d', ':copy'], sideOf({ d: { e: {} } }), sideOf({}), true);
  expect(directories).toEqual([
    { path: 'copy', mode: 0o755 },
    { path: 'copy/e', mode: 0o755 },
  ]);
});

test('what has a name that is not UTF-8 is named, and the rest is copied', async () => {
  const there = sideOf({ d: { a: 1, 'ab\ufffd': 1 } }, { d: ['x\ufffd'] });
  const { files, skipped } = await list([':d', 'copy'], there, sideOf({}), true);
  expect(files.map(({ to }) => to)).toEqual(['copy/a', 'copy/ab\ufffd']);
  expect(skipped).toEqual(['d/x\ufffd']);
});

// Other systems have no such names.
(process.platform === 'linux' ? test : test.skip)('a local name that is not UTF-8 is not passed over', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'sindri-copy-'));
  try {
    writeFileSync(path.join(directory, 'a'), '');
    writeFileSync(Buffer.concat([Buffer.from(`${directory}/x`), Buffer.of(0xff)]), '');
    const { files, skipped } = await list([directory, ':copy'], localSide, sideOf({}), true);
    expect(files.map(({ to }) => to)).toEqual(['copy/a']);
    expect(skipped).toEqual([`${directory}/x\ufffd`]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('what is wrong is said before anything is copied', async () => {
  const here = sideOf({ 'a.txt': 1, b: 1, d: {} });
  await expect(list(['none', ':'], here, sideOf({}))).rejects.toThrow('There is no none in the environment.');
  await expect(list(['d', ':'], here, sideOf({}))).rejects.toMatchObject({
    hint: expect.stringContaining('--recursive'),
  });
  const failure = (words: string[], there: Side) => list(words, here, there).catch((error: unknown) => error);
  expect(await failure(['a.txt', 'b', ':new'], sideOf({}))).toMatchObject({
    message: 'There is no directory new in the environment.',
    hint: 'Make it first: sindri exec -- mkdir -p new',
  });
  expect(await failure(['a.txt', ':my docs/'], sideOf({}))).toMatchObject({
    message: 'There is no directory my docs in the environment.',
    hint: "Make it first: sindri exec -- mkdir -p 'my docs'",
  });
  expect(await failure([':a.txt', 'docs/'], sideOf({}))).toMatchObject({ hint: 'Make it first: mkdir -p docs' });
  expect(await failure(['a.txt', 'b', ':c'], sideOf({ c: 1 }))).toMatchObject({
    message: 'c in the environment is no directory.',
  });
  expect(() => readCopyPaths(['a', 'b'])).toThrow('both on this computer');
  expect(() => readCopyPaths([':a', ':b'])).toThrow('both in the environment');
  expect(() => readCopyPaths(['a', ':b', ':c'])).toThrow('same side');
  expect(() => readCopyPaths(['a'])).toThrow('From where, and to where?');
});

test.each(['../../.bashrc', '..', 'a/b', '', 'x\0y'])(
  'a server cannot send a name that leaves the directory: %j',
  async (name) => {
    const there = sideOf({ d: {} }, { d: [name] });
    await expect(list([':d', 'here'], there, sideOf({}), true)).rejects.toMatchObject({ code: 'COPY_REFUSED' });
  },
);

test('ports', () => {
  expect([readForward('3000'), readForward('8080:80')]).toEqual([
    { local: 3000, remote: 3000 },
    { local: 8080, remote: 80 },
  ]);
  for (const word of ['', '0', '70000', 'a', '1:2:3', '-1', '80:', '1.5']) {
    expect(() => readForward(word)).toThrow('is no port to forward');
  }
});

test.each([
  ['ENOSPC', {}, 'got/a.bin on this computer cannot be written: the disk is full.', 'Make room there'],
  [
    'EACCES',
    { path: 'got/a.part' },
    'got/a.part on this computer cannot be written: no permission.',
    'Make it writable',
  ],
])('%s on this computer is told with the file and what to do', (code, more, message, remedy) => {
  const failure = Object.assign(new Error(`${code}: as the system says it, write`), { code, ...more });
  const told = (error: unknown) => explainUnwritable('got/a.bin')(error);
  expect(() => told(failure)).toThrow(
    expect.objectContaining({ code: 'COPY_REFUSED', message, hint: expect.stringContaining(remedy) }),
  );
  const elsewhere = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  expect(() => told(elsewhere)).toThrow('ECONNRESET');
});
