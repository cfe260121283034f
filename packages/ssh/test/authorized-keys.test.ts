import { inspectAuthorizedKeys } from '../src/authorized-keys.js';
import { generateKeyPair } from '../src/key-files.js';
import { fingerprint } from '../src/public-keys.js';

const pair = generateKeyPair('me');
const other = generateKeyPair('other').publicKey;

/** RFC 4716, as `ssh-keygen -e` writes it. */
function block(publicKey: string): string {
  const lines = (publicKey.split(' ')[1] as string).match(/.{1,40}/g) as string[];
  return `---- BEGIN SSH2 PUBLIC KEY ----\nComment: "256-bit key, by \\\nme@home"\n${lines.join('\n')}\n---- END SSH2 PUBLIC KEY ----\n`;
}

test('tells the keys with fingerprint and comment', () => {
  const text = `# mine\n\nno-pty ${pair.publicKey} me@home\r\n${other}\n`;
  expect(inspectAuthorizedKeys(text)).toEqual({
    facts: {
      publicKeys: [
        {
          publicKey: pair.publicKey,
          fingerprint: fingerprint(pair.publicKey),
          type: 'ssh-ed25519',
          comment: 'me@home',
        },
        { publicKey: other, fingerprint: fingerprint(other), type: 'ssh-ed25519', comment: '' },
      ],
    },
  });
});

test('reads the blocks of RFC 4716', () => {
  expect(inspectAuthorizedKeys(`${block(pair.publicKey)}${other} x\n`)).toMatchObject({
    facts: {
      publicKeys: [
        { publicKey: pair.publicKey, comment: '256-bit key, by me@home' },
        { publicKey: other, comment: 'x' },
      ],
    },
  });
});

test.each([
  ['', 'There is no SSH public key in it.'],
  ['# nothing but a comment\n', 'There is no SSH public key in it.'],
  [pair.privateKey, 'There is a private key in it.'],
  [`${pair.publicKey}\n${pair.privateKey}`, 'There is a private key in it.'],
  [pair.privateKey.split('\n').slice(1).join('\n'), 'There is a private key in it.'],
  [pair.privateKey.split('\n').slice(1, 3).join('\n'), 'There is a private key in it.'],
  [`${pair.publicKey}\nhello\n`, 'Line 2 is no SSH public key.'],
  [`${pair.publicKey.slice(0, 40)}\n${pair.publicKey.slice(40)} me`, 'Lines 1, 2 are no SSH public key.'],
  [pair.publicKey.slice(0, -4), 'Line 1 is no SSH public key.'],
  [block(pair.publicKey).replace('---- END', '---- FIN'), 'is no SSH public key'],
])('refuses %#: %s', (value, message) => {
  const { problem, facts } = inspectAuthorizedKeys(value);
  if (message.startsWith('is')) expect(problem?.message).toContain('no SSH public key');
  else expect(problem?.message).toBe(message);
  expect(facts).toBeUndefined();
  expect(problem?.message).not.toContain(pair.publicKey.slice(20, 40));
});
