import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hostKeyStore, judgeHostKey, requirePins } from '../src/host-keys.js';
import { generateKeyPair } from '../src/key-files.js';
import { formatKnownHosts } from '../src/known-hosts.js';
import { fingerprint, publicKeyBlob } from '../src/public-keys.js';
import { useTemporaryDirectory } from './fixtures/temporary-directory.js';

const directory = useTemporaryDirectory();
const a = generateKeyPair('a').publicKey;
const b = generateKeyPair('b').publicKey;

test('keeps keys per alias in a file that any SSH client reads', async () => {
  const store = hostKeyStore(directory.path);
  expect(await store.get('sindri-demo')).toBeNull();
  await store.set('sindri-demo', [`${a} root@machine`, b]);
  expect(await hostKeyStore(directory.path).get('sindri-demo')).toEqual([a, b]);

  const file = store.knownHostsFile('sindri-demo');
  expect(readFileSync(file, 'utf8')).toBe(`sindri-demo ${a}\nsindri-demo ${b}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);

  await store.set('sindri-demo', [b]);
  expect(await store.get('sindri-demo')).toEqual([b]);
  await store.delete('sindri-demo');
  await store.delete('sindri-demo');
  expect(await store.get('sindri-demo')).toBeNull();
});

test('refuses to pin nothing, and aliases that would not be found again or leave the directory', async () => {
  const store = hostKeyStore(directory.path);
  await expect(store.set('demo', ['not a key'])).rejects.toMatchObject({ code: 'SSH_HOST_KEY_MISMATCH' });
  for (const alias of ['../escape', 'a/b', 'Upper', 'a b', '*', 'a,b', '', '|1|hash']) {
    expect(() => store.knownHostsFile(alias)).toThrow(expect.objectContaining({ code: 'SSH_ALIAS_INVALID' }));
    expect(() => formatKnownHosts(alias, [a])).toThrow(expect.objectContaining({ code: 'SSH_ALIAS_INVALID' }));
  }
  expect(existsSync(path.join(directory.path, '..', 'escape'))).toBe(false);
});

test('a damaged file counts as nothing pinned, never as everything allowed', async () => {
  const store = hostKeyStore(directory.path);
  await store.set('demo', [a]);
  writeFileSync(store.knownHostsFile('demo'), '* ssh-ed25519 AAAA\n@cert-authority * ssh-ed25519 AAAA');
  expect(await store.get('demo')).toBeNull();
});

test('judges what a server shows, and names both fingerprints', () => {
  expect(judgeHostKey(publicKeyBlob(b), [a, b], 'host:22')).toBeNull();
  const error = judgeHostKey(publicKeyBlob(b), [a], 'host:22');
  expect(error).toMatchObject({
    code: 'SSH_HOST_KEY_MISMATCH',
    kind: 'policy',
    details: { shown: fingerprint(b), pinned: [fingerprint(a)] },
  });
  expect(error?.message).toContain(fingerprint(a));
  expect(error?.message).toContain(fingerprint(b));
  expect(error?.hint).toBeTruthy();
  expect(() => requirePins(['# nothing'], 'host:22')).toThrow(
    expect.objectContaining({ code: 'SSH_HOST_KEY_MISMATCH' }),
  );
});
