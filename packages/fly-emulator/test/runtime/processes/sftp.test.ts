import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SFTPWrapper } from 'ssh2';
import { openSftp, run } from '../ssh/ssh-client.js';
import { startRuntime, type TestMachine, type TestRuntime } from './machine-fixture.js';

let world: TestRuntime;
let machine: TestMachine;
let client: Awaited<ReturnType<TestMachine['login']>>;
let sftp: SFTPWrapper;
beforeEach(async () => {
  world = await startRuntime();
  machine = await world.boot();
  client = await machine.login();
  sftp = await openSftp(client);
});
afterEach(async () => {
  client.end();
  await world.end();
});

const home = () => path.join(world.directory, 'machines/my-app/m1/root/alt/home/developer');

/** Calls an sftp method that ends with a callback. */
function ask<T>(call: (done: (error: Error | null | undefined, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value as T))));
}

test('megabytes up and down arrive unchanged', async () => {
  const data = randomBytes(5_000_000);
  const local = path.join(world.directory, 'local');
  await writeFile(local, data);
  await ask((done) => sftp.fastPut(local, 'upload.bin', done));
  expect(
    createHash('sha256')
      .update(await readFile(path.join(home(), 'upload.bin')))
      .digest('hex'),
  ).toBe(createHash('sha256').update(data).digest('hex'));
  await ask((done) => sftp.fastGet('upload.bin', `${local}.back`, done));
  expect((await readFile(`${local}.back`)).equals(data)).toBe(true);
});

test('paths: the start is home, shown as the shell shows it; the machine’s own names work as well', async () => {
  const { stdout } = await run(client, 'pwd; echo shell > note');
  expect(await ask<string>((done) => sftp.realpath('.', done))).toBe(stdout.trim());
  expect(await ask<string>((done) => sftp.realpath('/alt/home/developer', done))).toBe(stdout.trim());
  for (const name of ['note', './x/../note', '/alt/home/developer/note', `${home()}/note`]) {
    expect(String(await ask<Buffer>((done) => sftp.readFile(name, done)))).toBe('shell\n');
  }
});

test('files: create, append, attributes, rename, links, removal', async () => {
  await ask((done) => sftp.writeFile('a', 'one', done));
  await ask((done) => sftp.appendFile('a', 'two', done));
  expect(String(await ask<Buffer>((done) => sftp.readFile('a', done)))).toBe('onetwo');
  await ask((done) => sftp.chmod('a', 0o640, done));
  await ask((done) => sftp.utimes('a', 1000, 2000, done));
  const stats = await ask<import('ssh2').Stats>((done) => sftp.stat('a', done));
  expect([stats.size, stats.mode & 0o777, stats.atime, stats.mtime, stats.isFile()]).toEqual([
    6,
    0o640,
    1000,
    2000,
    true,
  ]);
  await ask((done) => sftp.setstat('a', { size: 3 } as never, done));
  expect(String(await ask<Buffer>((done) => sftp.readFile('a', done)))).toBe('one');

  await ask((done) => sftp.writeFile('b', 'b', done));
  await expect(ask((done) => sftp.rename('a', 'b', done))).rejects.toThrow('target exists');
  await ask((done) => sftp.ext_openssh_rename('a', 'b', done));
  expect(String(await ask<Buffer>((done) => sftp.readFile('b', done)))).toBe('one');

  await ask((done) => sftp.symlink('b', 'link', done));
  expect(await ask<string>((done) => sftp.readlink('link', done))).toBe('b');
  expect((await ask<import('ssh2').Stats>((done) => sftp.lstat('link', done))).isSymbolicLink()).toBe(true);
  expect((await ask<import('ssh2').Stats>((done) => sftp.stat('link', done))).isFile()).toBe(true);
  await ask((done) => sftp.ext_openssh_hardlink('b', 'hard', done));
  await ask((done) => sftp.unlink('link', done));
  await expect(ask((done) => sftp.stat('link', done))).rejects.toMatchObject({ code: 2 });
});

test('directories: made, listed in full, removed', async () => {
  await ask((done) => sftp.mkdir('dir', done));
  await expect(ask((done) => sftp.mkdir('dir', done))).rejects.toMatchObject({ code: 4 });
  for (let index = 0; index < 250; index += 1) await writeFile(path.join(home(), `dir/${index}`), '');
  const list = await ask<{ filename: string; longname: string }[]>((done) => sftp.readdir('dir', done));
  expect(new Set(list.map((entry) => entry.filename)).size).toBe(250);
  expect(list[0]!.longname).toMatch(/^-rw-r--r-- +1 developer +developer +0 \w{3} [ \d]\d +\d{4} \d+$/);
  await expect(ask((done) => sftp.rmdir('dir', done))).rejects.toThrow();
  await run(client, 'rm dir/*');
  await ask((done) => sftp.rmdir('dir', done));
  await expect(ask((done) => sftp.readdir('dir', done))).rejects.toMatchObject({ code: 2 });
});

test('an open handle: fstat, partial reads, end of file, closing twice', async () => {
  await ask((done) => sftp.writeFile('f', '0123456789', done));
  const handle = await ask<Buffer>((done) => sftp.open('f', 'r+', done));
  expect((await ask<import('ssh2').Stats>((done) => sftp.fstat(handle, done))).size).toBe(10);
  const buffer = Buffer.alloc(4);
  await ask((done) => sftp.read(handle, buffer, 0, 4, 3, done));
  expect(String(buffer)).toBe('3456');
  expect(await ask((done) => sftp.read(handle, buffer, 0, 4, 10, done))).toBe(0);
  await ask((done) => sftp.write(handle, Buffer.from('xy'), 0, 2, 8, done));
  await ask((done) => sftp.fchmod(handle, 0o600, done));
  await ask((done) => sftp.ext_openssh_fsync(handle, done));
  await ask((done) => sftp.close(handle, done));
  await expect(ask((done) => sftp.close(handle, done))).rejects.toThrow('invalid handle');
  expect(String(await ask<Buffer>((done) => sftp.readFile('f', done)))).toBe('01234567xy');
});

test('nothing outside the machine is reached', async () => {
  await symlink('/etc', path.join(home(), 'out'));
  await mkdir(path.join(world.directory, 'beside'));
  await symlink(path.join(world.directory, 'beside/new'), path.join(home(), 'dangling'));
  for (const name of ['out/passwd', '/etc/passwd', '../../../../../../../../etc/passwd']) {
    await expect(ask((done) => sftp.readFile(name, done))).rejects.toBeTruthy();
  }
  await expect(ask((done) => sftp.writeFile('out/x', 'x', done))).rejects.toMatchObject({ code: 3 });
  await expect(ask((done) => sftp.writeFile('dangling', 'x', done))).rejects.toBeTruthy();
  await expect(stat(path.join(world.directory, 'beside/new'))).rejects.toThrow();
  expect(await ask<string>((done) => sftp.realpath('/..', done))).toBe(
    path.join(world.directory, 'machines/my-app/m1/root'),
  );
});

test('a connection that breaks leaves no open files', async () => {
  await ask((done) => sftp.open('f', 'w', done));
  client.destroy();
  await machine.instance.stop({ signal: 'SIGINT', timeoutMs: 60_000 });
});
