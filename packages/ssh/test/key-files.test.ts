import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ssh2, { type ParsedKey } from 'ssh2';
import { testIfInstalled } from '../../../test/system-component.js';
import { generateKeyPair, inspectKeyFile, readPrivateKey, readSmallFile } from '../src/key-files.js';
import { fingerprint } from '../src/public-keys.js';
import { useTemporaryDirectory } from './fixtures/temporary-directory.js';

/** Programs take their time on a busy machine. */
jest.setTimeout(60_000);

const directory = useTemporaryDirectory();
const file = (name: string, content: string) => {
  const target = path.join(directory.path, name);
  writeFileSync(target, content, { mode: 0o600 });
  return target;
};

test('makes key pairs that ssh2 can use', async () => {
  for (let round = 0; round < 20; round += 1) {
    const { privateKey, publicKey } = generateKeyPair('round trip');
    const parsed = ssh2.utils.parseKey(privateKey) as ParsedKey;
    expect(parsed.getPublicSSH().toString('base64')).toBe(publicKey.split(' ')[1]);
    const verify = parsed.verify(Buffer.from('data'), parsed.sign(Buffer.from('data')));
    expect(verify).toBe(true);
  }
});

testIfInstalled('ssh-keygen', 'ssh-keygen agrees on the key pair, and reads its passphrase-free private half', () => {
  const { privateKey, publicKey } = generateKeyPair('sindri-demo');
  const target = file('id', privateKey);
  expect(execFileSync('ssh-keygen', ['-y', '-f', target]).toString().trim()).toBe(`${publicKey} sindri-demo`);
  expect(execFileSync('ssh-keygen', ['-l', '-f', target]).toString()).toContain(fingerprint(publicKey));
});

test('what planning calls usable, the library that logs in can use, and nothing else', async () => {
  const { privateKey, publicKey } = generateKeyPair('me');
  const pem = (type: 'rsa' | 'ec') => {
    const options = {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: type === 'rsa' ? 'pkcs1' : 'sec1', format: 'pem' },
    } as const;
    return type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048, ...options } as never)
      : generateKeyPairSync('ec', { namedCurve: 'prime256v1', ...options } as never);
  };
  const indented = privateKey.replace(/^/gm, '    ');
  const texts: [string, string, boolean][] = [
    ['as it was made', privateKey, true],
    ['indented', indented, true],
    ['with line ends of Windows', privateKey.replace(/\n/g, '\r\n'), true],
    ['RSA in PEM', pem('rsa').privateKey as unknown as string, true],
    ['EC in PEM', pem('ec').privateKey as unknown as string, true],
    ['cut', privateKey.slice(0, 120), false],
    ['no key', 'hello\n', false],
  ];
  for (const [name, text, usable] of texts) {
    const target = file('key', text);
    const found = await inspectKeyFile(target);
    expect([name, found.status]).toEqual([name, usable ? 'usable' : 'unusable']);
    if (found.status !== 'usable') continue;
    const parsed = ssh2.utils.parseKey(await readPrivateKey(target)) as ParsedKey;
    expect(found.publicKey.split(' ')[1]).toBe(parsed.getPublicSSH().toString('base64'));
    if (text.includes('OPENSSH')) expect(found.publicKey).toBe(publicKey);
  }
});

testIfInstalled('ssh-keygen', 'tells a key with a passphrase from one without, and reads its public half', async () => {
  for (const [passphrase, status] of [
    ['', 'usable'],
    ['secret words', 'encrypted'],
  ] as const) {
    const target = path.join(directory.path, status);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', target]);
    const publicKey = execFileSync('cut', ['-d', ' ', '-f', '1,2', `${target}.pub`])
      .toString()
      .trim();
    expect(await inspectKeyFile(target)).toEqual({ status, publicKey });
  }
});

test('whatever is no private key file is unusable, and nothing throws', async () => {
  mkdirSync(path.join(directory.path, 'directory'));
  const { privateKey } = generateKeyPair('x');
  const contents = [
    '',
    'rubbish',
    privateKey.slice(0, 120),
    privateKey.replace(/b3B/, 'b4B'),
    '-----BEGIN RSA PRIVATE KEY-----',
  ];
  for (const [index, content] of contents.entries()) {
    expect(await inspectKeyFile(file(`bad-${index}`, content))).toEqual({ status: 'unusable' });
  }
  expect(await inspectKeyFile(path.join(directory.path, 'directory'))).toEqual({ status: 'unusable' });
  expect(await inspectKeyFile(path.join(directory.path, 'missing'))).toEqual({ status: 'unusable' });
  expect(await readSmallFile(file('huge', 'x'.repeat(70_000)))).toBeNull();
});

testIfInstalled('mkfifo', 'a pipe in place of a key file does not block', async () => {
  const target = path.join(directory.path, 'pipe');
  execFileSync('mkfifo', [target]);
  expect(await inspectKeyFile(target)).toEqual({ status: 'unusable' });
});
