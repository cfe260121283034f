import { chmodSync, lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  hasInclude,
  readUserConfig,
  replaceUserConfig,
  withInclude,
  withoutInclude,
} from '../../src/ssh-config/user-config.js';

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
