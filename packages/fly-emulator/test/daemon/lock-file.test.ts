import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { daemonDirectory } from '../../src/daemon/daemon-directory.js';
import { withLock } from '../../src/daemon/lock-file.js';

let directory: string;
let lock: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'sindri-lock-'));
  lock = path.join(directory, 'daemon.lock');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const never = new AbortController().signal;

test('one at a time, and nothing is left behind', async () => {
  let inside = 0;
  const most: number[] = [];
  const work = async (): Promise<void> => {
    most.push((inside += 1));
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
  };
  await Promise.all([
    withLock(directory, never, work),
    withLock(directory, never, work),
    withLock(directory, never, work),
  ]);
  expect(most).toEqual([1, 1, 1]);
  expect(await readdir(directory)).toEqual([]);
});

test('it is released when the work fails', async () => {
  await expect(withLock(directory, never, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(lock)).toBe(false);
});

test.each([
  ['a dead holder', '999999999', 0],
  ['a holder whose id another program has now', String(process.pid), 600],
  ['a holder that died before it wrote its id', '', 600],
])('the lock of %s is taken over', async (_name, content, secondsOld) => {
  await writeFile(lock, content);
  const then = Date.now() / 1000 - secondsOld;
  await utimes(lock, then, then);
  expect(await withLock(directory, never, async () => 'done')).toBe('done');
  expect(await readdir(directory)).toEqual([]);
});

test('it holds on a full disk, too, and is gone afterwards', async () => {
  const full = (): never => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  };
  const during = await withLock(directory, never, async () => existsSync(lock), full);
  expect([during, await readdir(directory)]).toEqual([true, []]);
});

test('waiting for a live holder can be given up', async () => {
  await writeFile(lock, String(process.pid));
  const reason = new Error('enough');
  await expect(withLock(directory, AbortSignal.abort(reason), async () => 'done')).rejects.toBe(reason);
  expect(existsSync(lock)).toBe(true);
});

test.each([
  [{ SINDRI_STATE_DIR: '/s', XDG_STATE_HOME: '/x', HOME: '/h' }, '/s/emulator'],
  [{ XDG_STATE_HOME: '/x', HOME: '/h' }, '/x/sindri/emulator'],
  [{ HOME: '/h' }, '/h/.local/state/sindri/emulator'],
])('the state of %j is in %s', (env, expected) => {
  expect(daemonDirectory(env)).toBe(expected);
});

test('without any of them it is below the home that the system knows of', () => {
  expect(daemonDirectory({}, () => '/home/me')).toBe('/home/me/.local/state/sindri/emulator');
});

test('without a home, too, it says what to set', () => {
  expect(() => daemonDirectory({}, () => '')).toThrow('SINDRI_STATE_DIR');
});
