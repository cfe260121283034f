import { standardErrors } from '@sindri/core';
import { accessInside, changeAdmittedKeys, fingerprint, listAdmittedKeys } from '../src/index.js';

function key(letter: string) {
  const [type, bytes] = [Buffer.from('ssh-ed25519'), Buffer.alloc(32, letter)];
  const blob = Buffer.concat([Buffer.from([0, 0, 0, type.length]), type, Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return { publicKey: `ssh-ed25519 ${blob.toString('base64')}`, comment: letter };
}
const [a, b] = [key('B'), key('C')];
const how = { errors: standardErrors('MY'), secret: 'KEYS' };

function recorded(exitCode = 0) {
  const commands: string[][] = [];
  const scripts = { readKeys: 'read', admitKey: 'admit', removeKey: 'remove', readHostKeys: 'host' };
  const access = accessInside((command) => {
    commands.push(command.slice(2));
    return Promise.resolve({ exitCode, stdout: `${a.publicKey} B\n`, stderr: 'no room\nmore' });
  }, scripts);
  return { access, commands };
}

test('keys are arguments of the scripts', async () => {
  const { access, commands } = recorded();
  expect(await access.hostKeys()).toEqual([a.publicKey]);
  expect(await access.keys()).toEqual([a]);
  expect(await access.admit(a)).toBeNull();
  expect(await access.remove(a.publicKey)).toBeNull();
  expect(commands.slice(2)).toEqual([
    ['admit', 'sindri', a.publicKey.split(' ')[1], `${a.publicKey} B`],
    ['remove', 'sindri', a.publicKey.split(' ')[1]],
  ]);
});

test('what stood in the way is told', async () => {
  const { access } = recorded(1);
  expect(await access.admit(a)).toBe('no room');
  expect([await access.keys(), await access.hostKeys()]).toEqual([null, []]);
});

test('a list says where each key is, and what the config brings', () => {
  const where = (known: Parameters<typeof listAdmittedKeys>[0]) =>
    listAdmittedKeys(known).map(({ comment, where: places, fromConfig }) => [comment, places.join(), fromConfig]);
  expect(where({ now: [a], declared: null, isRunning: true })).toEqual([['B', 'now,next-start', false]]);
  expect(where({ now: [a], declared: null, isRunning: false })).toEqual([['B', 'next-start', false]]);
  expect(where({ now: [a, b], declared: [a], isRunning: true })).toEqual([
    ['B', 'now,next-start', true],
    ['C', 'now', false],
  ]);
});

test('a change does nothing twice, and takes out nothing that the config brings back', async () => {
  const { access, commands } = recorded();
  const remove = { fingerprint: fingerprint(a.publicKey) };
  expect(await changeAdmittedKeys(access, a, { now: [a], declared: null }, how)).toBe(false);
  expect(await changeAdmittedKeys(access, b, { now: [a], declared: null }, how)).toBe(true);
  expect(await changeAdmittedKeys(access, remove, { now: [a], declared: null }, how)).toBe(true);
  expect(commands.map(([script]) => script)).toEqual(['admit', 'remove']);
  await expect(changeAdmittedKeys(access, remove, { now: [], declared: null }, how)).rejects.toMatchObject({
    code: 'MY_KEY_UNKNOWN',
  });
  await expect(changeAdmittedKeys(access, remove, { now: [a], declared: [a] }, how)).rejects.toMatchObject({
    code: 'MY_KEY_FROM_CONFIG',
  });
  await expect(changeAdmittedKeys(recorded(1).access, b, { now: [], declared: null }, how)).rejects.toMatchObject({
    code: 'MY_KEYS_NOT_WRITTEN',
    kind: 'incomplete',
  });
});
