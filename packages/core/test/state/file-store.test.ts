import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createFileStore } from '../../src/state/file-store.js';
import { defaultStateDir } from '../../src/state/directory.js';

describe('file store', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sindri-store-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  test('gives back what was written, and nothing before that', async () => {
    const store = createFileStore(join(directory, 'state'));
    await expect(store.read('keys/demo')).resolves.toBeNull();
    await expect(store.readJson('keys/demo.json')).resolves.toBeNull();
    await store.write('keys/demo', 'text');
    await store.writeJson('keys/demo.json', { a: 1 });
    await expect(store.read('keys/demo')).resolves.toBe('text');
    await expect(store.readJson('keys/demo.json')).resolves.toEqual({ a: 1 });
    await store.delete('keys/demo');
    await store.delete('keys/demo');
    await expect(store.read('keys/demo')).resolves.toBeNull();
  });

  test('is private, and leaves no temporary file', async () => {
    const store = createFileStore(join(directory, 'state'));
    await store.write('keys/demo', 'one');
    await store.write('keys/demo', 'two');
    expect((await stat(join(directory, 'state'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, 'state/keys'))).mode & 0o777).toBe(0o700);
    expect((await stat(store.path('keys/demo'))).mode & 0o777).toBe(0o600);
    expect(await readdir(join(directory, 'state/keys'))).toEqual(['demo']);
  });

  test('many writers at once leave one whole value', async () => {
    const store = createFileStore(directory);
    const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(5000));
    await Promise.all(texts.map((text) => store.write('value', text)));
    expect(texts).toContain(await store.read('value'));
    expect(await readdir(directory)).toEqual(['value']);
  });

  test('a failed write leaves the old value and no temporary file', async () => {
    const store = createFileStore(directory);
    await store.write('entry/inner', 'x');
    await expect(store.write('entry', 'a directory has this name')).rejects.toThrow();
    expect(await readdir(directory)).toEqual(['entry']);
  });

  test.each(['../x', 'a/../../x', '/etc/passwd', '', 'a//b', '.hidden', 'a\\..\\b', 'a\0b', 'x'.repeat(300)])(
    'refuses the name %j',
    (name) => {
      expect(() => createFileStore(directory).path(name)).toThrow(
        expect.objectContaining({ code: 'STATE_NAME_INVALID' }),
      );
    },
  );

  test('says which file is damaged', async () => {
    const store = createFileStore(directory);
    await writeFile(store.path('broken.json'), '{');
    await expect(store.readJson('broken.json')).rejects.toMatchObject({
      code: 'STATE_CORRUPT',
      message: expect.stringContaining(store.path('broken.json')) as string,
    });
  });
});

describe('a place that cannot be used', () => {
  test.each([
    ['/proc/nope/state', 'nothing can be made there'],
    ['/dev/null/state', 'there is a file in its way'],
  ])('is one error that names it: %s', async (place, reason) => {
    await expect(createFileStore(place).write('a', 'text')).rejects.toMatchObject({
      code: 'STATE_UNUSABLE',
      kind: 'usage',
      message: `Sindri cannot keep its files in ${place}: ${reason}.`,
    });
  });

  test('a read of it is no read of nothing', async () => {
    await expect(createFileStore('/dev/null/state').read('a')).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
    await expect(createFileStore('/proc/nope/state').read('a')).resolves.toBeNull();
  });
});

describe('defaultStateDir', () => {
  test.each([
    [{ SINDRI_STATE_DIR: '/s', XDG_STATE_HOME: '/x', HOME: '/h' }, '/s'],
    [{ XDG_STATE_HOME: '/x', HOME: '/h' }, '/x/sindri'],
    [{ XDG_STATE_HOME: 'relative', HOME: '/h' }, '/h/.local/state/sindri'],
    [{ HOME: '/h' }, '/h/.local/state/sindri'],
  ])('%j gives %s', (env, expected) => {
    expect(defaultStateDir(env)).toBe(expected);
  });

  test('without any variable the system says whose home it is', () => {
    expect(defaultStateDir({})).toBe(join(userInfo().homedir, '.local/state/sindri'));
  });
});
