import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { loadConfig } from '../../../src/config/load.js';
import { locateConfig } from '../../../src/config/text/locate.js';
import { config, registry } from '../fly-like-provider.js';

describe('finding and reading the config', () => {
  let top: string;
  let deep: string;

  beforeEach(async () => {
    top = await realpath(await mkdtemp(path.join(os.tmpdir(), 'sindri-locate-')));
    deep = path.join(top, 'a/b');
    await mkdir(deep, { recursive: true });
  });
  afterEach(() => rm(top, { recursive: true, force: true }));

  const write = (name: string, text = config()): Promise<void> => writeFile(path.join(top, name), text);
  const load = (source: { path?: string; cwd?: string }) =>
    loadConfig({ cwd: deep, ...source }, { env: {}, providers: registry });

  it('takes sindri.yaml before sindri.yml, and the nearest directory first', async () => {
    await write('sindri.yml');
    expect(await locateConfig(undefined, deep)).toBe(path.join(top, 'sindri.yml'));
    await write('sindri.yaml');
    expect(await locateConfig(undefined, deep)).toBe(path.join(top, 'sindri.yaml'));
    await write('a/b/sindri.yml');
    expect(await locateConfig(undefined, deep)).toBe(path.join(deep, 'sindri.yml'));
  });

  it('goes past a directory that is called like a config', async () => {
    await write('sindri.yaml');
    await mkdir(path.join(deep, 'sindri.yaml'));
    expect(await locateConfig(undefined, deep)).toBe(path.join(top, 'sindri.yaml'));
  });

  it.each([
    ['nothing', 'nowhere.yaml', 'sindri.yaml is a link that leads nowhere.'],
    ['itself', 'sindri.yaml', 'sindri.yaml cannot be read: a link to itself.'],
  ])('does not go past a link to %s, to the config of something else', async (_what, target, message) => {
    await write('sindri.yaml');
    await symlink(target, path.join(deep, 'sindri.yaml'));
    for (const source of [{}, { path: 'sindri.yaml' }]) {
      await expect(load(source)).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE', kind: 'usage', message });
    }
  });

  it('takes a given path relative to the current directory, or absolute', async () => {
    await write('other.yaml');
    expect(await locateConfig('../../other.yaml', deep)).toBe(path.join(top, 'other.yaml'));
    expect(await locateConfig('other.yaml', top)).toBe(path.join(top, 'other.yaml'));
    expect(await locateConfig(path.join(top, 'other.yaml'), '/')).toBe(path.join(top, 'other.yaml'));
  });

  it('says where it looked', async () => {
    await expect(locateConfig(undefined, deep)).rejects.toMatchObject({
      code: 'CONFIG_NOT_FOUND',
      kind: 'usage',
      message: `There is no sindri.yaml in ${deep} or any directory above it.`,
      hint: 'Write one with `sindri config init`, or name a file with `--config`.',
    });
    await expect(locateConfig('nope.yaml', deep)).rejects.toMatchObject({
      code: 'CONFIG_NOT_FOUND',
      message: 'There is no file nope.yaml.',
      hint: expect.stringContaining('sindri config init'),
    });
    await expect(locateConfig('.', deep)).rejects.toMatchObject({
      code: 'CONFIG_NOT_FOUND',
      message: '. is a directory, not a file.',
      hint: 'Name the file in it: sindri.yaml',
    });
  });

  it('tells an empty name, and how to name standard input', async () => {
    await write('sindri.yaml');
    await expect(locateConfig('', top)).rejects.toMatchObject({
      code: 'CONFIG_NOT_FOUND',
      message: 'The name of the config is empty.',
    });
    await expect(locateConfig('-', top)).rejects.toMatchObject({ hint: expect.stringContaining('-c /dev/stdin') });
  });

  it('refuses a pipe that nobody may ever write to, and a device', async () => {
    execFileSync('mkfifo', [path.join(top, 'pipe')]);
    for (const file of [path.join(top, 'pipe'), '/dev/zero']) {
      await expect(load({ path: file })).rejects.toMatchObject({
        code: 'CONFIG_UNREADABLE',
        message: expect.stringMatching(/ cannot be read: not a regular file\.$/),
        hint: expect.stringContaining('-c /dev/stdin <'),
      });
    }
  });

  it('reads what this process was given', async () => {
    await write('sindri.yaml');
    const file = openSync(path.join(top, 'sindri.yaml'), 'r');
    await expect(load({ path: `/dev/fd/${file}` })).resolves.toMatchObject({ spec: { provider: 'fly' } });
    closeSync(file);
  });

  it('waits for whoever writes to a pipe that this process was given', async () => {
    const pipe = path.join(top, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const writer = openSync(pipe, 'r+');
    const given = openSync(pipe, 'r');
    const loading = load({ path: `/dev/fd/${given}` });
    // It has looked, and found nothing.
    await new Promise((resolve) => setImmediate(resolve));
    writeSync(writer, config());
    closeSync(writer);
    await expect(loading).resolves.toMatchObject({ spec: { provider: 'fly' } });
    closeSync(given);
  });

  it('names the file as people would, and knows its directory', async () => {
    await write('sindri.yaml', config('foo: 1\n'));
    await expect(load({})).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: '../../sindri.yaml is not valid: foo is not a known key.',
      details: { problems: [{ file: '../../sindri.yaml', line: 5, column: 1 }] },
    });
    await expect(load({ path: '../../sindri.yaml' })).rejects.toMatchObject({
      details: { problems: [{ file: '../../sindri.yaml' }] },
    });
    await write('sindri.yaml');
    const loaded = await load({});
    expect([loaded.file, loaded.spec.baseDir]).toEqual([path.join(top, 'sindri.yaml'), top]);
    expect(loaded.spec.origins['name']).toEqual({ file: '../../sindri.yaml', line: 2, column: 7 });
  });

  it('refuses a file that is too large or no text', async () => {
    await writeFile(path.join(top, 'large.yaml'), `# ${'x'.repeat(300_000)}`);
    await expect(load({ path: path.join(top, 'large.yaml') })).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      message: expect.stringContaining('is larger than 256 KB'),
    });
    await writeFile(path.join(top, 'binary.yaml'), Buffer.from([0x6e, 0xff, 0xfe]));
    await expect(load({ path: '../../binary.yaml' })).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      message: '../../binary.yaml is not a text file in UTF-8.',
    });
  });

  it('takes a text as it is, and its name as the place where it would stand', async () => {
    const loaded = await loadConfig(
      { text: config(), cwd: deep, fileName: '../sindri.yaml' },
      { env: {}, providers: registry },
    );
    expect([loaded.file, loaded.spec.baseDir]).toEqual([null, path.join(top, 'a')]);
    await expect(
      loadConfig({ text: 'x'.repeat(300_000), cwd: deep }, { env: {}, providers: registry }),
    ).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
    });
  });
});
