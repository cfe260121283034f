import { generateKeyPair } from '../src/key-files.js';
import { fingerprint, parseAuthorizedKeys, publicKeysMatch } from '../src/public-keys.js';

const a = generateKeyPair('a').publicKey;
const b = generateKeyPair('b').publicKey;

test('reads keys as people write them: comments, options, blank lines, Windows line ends', () => {
  const text = `# my keys\r\n\r\n${a} me@home\r\n  command="echo \\"hi there\\"",no-pty ${b} work laptop\nrubbish line\nssh-ed25519 AAAA\n${a}`;
  expect(parseAuthorizedKeys(text)).toEqual([a, b]);
  expect(parseAuthorizedKeys('')).toEqual([]);
});

test('a line whose type and bytes disagree is no key', () => {
  expect(parseAuthorizedKeys(a.replace('ssh-ed25519', 'ssh-rsa'))).toEqual([]);
});

test('compares keys whatever surrounds them', () => {
  expect(publicKeysMatch(`${a} me`, `no-pty ${a}`)).toBe(true);
  expect(publicKeysMatch(a, b)).toBe(false);
  expect(publicKeysMatch('', '')).toBe(false);
});

test('fingerprints look like those of ssh-keygen', () => {
  // From RFC-style sample data: sha256 of the decoded bytes, base64 without padding.
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl github.com';
  expect(fingerprint(key)).toBe('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU');
});
