import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sshConfig } from '../../src/operations/ssh-config.js';
import {
  hasInclude,
  readUserConfig,
  replaceUserConfig,
  withInclude,
  withoutInclude,
} from '../../src/ssh-config/user-config.js';
import { fakeEnvironment, fakeShell } from '../fakes.js';

const line = 'Include "/home/me/.ssh/sindri/*.conf"';
let directory: string;
beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), 'sindri-ssh-config-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('the line goes in front of everything, and comes out again without a trace', () => {
  const texts = ['', 'Host a\n  User b\n', '# mine\r\nHost *\r\n  Compression yes\r\n', 'Host a', '\n\nHost b\n'];
  for (const text of texts) {
    const added = withInclude(text, line);
    expect(added.startsWith(`${line}\n`)).toBe(true);
    expect(hasInclude(added, line)).toBe(true);
    expect(withoutInclude(added, line)).toBe(text);
  }
});

test('a line behind a Host holds for that host only: it does not count', () => {
  expect(hasInclude(`Host a\n  ${line}\n`, line)).toBe(false);
  expect(hasInclude(`Match all\n${line}\n`, line)).toBe(false);
  expect(hasInclude(`# first\n  Include    "/home/me/.ssh/sindri/*.conf"\nHost a\n`, line)).toBe(true);
});

test('a link, a read-only file and a directory are not ours to change', async () => {
  const real = path.join(directory, 'dotfiles');
  writeFileSync(real, 'Host a\n');
  const link = path.join(directory, 'config');
  symlinkSync(real, link);
  expect(await readUserConfig(link)).toEqual({ text: 'Host a\n', untouchable: 'link' });
  chmodSync(real, 0o444);
  expect(await readUserConfig(real)).toEqual({ text: 'Host a\n', untouchable: 'read-only' });
  expect(await readUserConfig(directory)).toMatchObject({ untouchable: 'not-a-file' });
  expect(await readUserConfig(path.join(directory, 'none'))).toEqual({ text: null });
  expect(await readUserConfig(path.join(real, 'config'))).toEqual({ text: null });
});

test('a replaced file keeps its mode; a new one is private', async () => {
  const file = path.join(directory, 'config');
  await replaceUserConfig(file, 'one');
  expect(lstatSync(file).mode & 0o777).toBe(0o600);
  chmodSync(file, 0o644);
  await replaceUserConfig(file, 'two');
  expect([lstatSync(file).mode & 0o777, readFileSync(file, 'utf8')]).toEqual([0o644, 'two']);
});

test('gives one of several instances a name of its own, which goes with the environment', async () => {
  const home = directory;
  const asked: unknown[] = [];
  const environment = fakeEnvironment({
    sshTarget: async (options: unknown) => {
      asked.push(options);
      return {
        user: 'developer',
        addresses: [],
        hostKeys: [],
        identityFile: null,
        hostKeyAlias: 'two',
        dial: { port: 2222, instance: 'demo-2' },
      };
    },
  } as unknown as Parameters<typeof fakeEnvironment>[0]);
  const shell = fakeShell({ env: { HOME: home } });
  const request = { yes: true, local: false } as const;
  const all = await sshConfig(environment, shell, { ...request, action: 'install' });
  const two = await sshConfig(environment, shell, { ...request, action: 'install', instance: 'demo-2' });
  expect(asked).toEqual([{}, { instance: 'demo-2' }]);
  expect([all.host, two.host, two.instance]).toEqual(['demo.sindri', 'demo-2.demo.sindri', 'demo-2']);
  expect(two.block).toMatch(/^Host demo-2\.demo\.sindri$[^]* ssh-proxy -c \S+ --instance demo-2$/m);
  expect(all.block).not.toContain('--instance');
  await expect(sshConfig(environment, shell, { ...request, action: 'print', instance: '../x' })).rejects.toMatchObject({
    code: 'USAGE',
  });
  const place = path.join(home, '.ssh', 'sindri');
  expect(readdirSync(place)).toHaveLength(4);
  expect(await sshConfig(environment, shell, { ...request, action: 'remove' })).toMatchObject({
    include: { state: 'removed' },
  });
  expect(existsSync(place)).toBe(false);
});
