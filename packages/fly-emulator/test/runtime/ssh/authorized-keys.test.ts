import { readAuthorizedKeys } from '../../../src/runtime/ssh/authorized-keys.js';
import { generateHostKey } from '../../../src/runtime/ssh/host-key.js';

const [one, two] = [generateHostKey('one'), generateHostKey('two')].map((key) => key.publicLine);
const found = (text: string): string[] =>
  readAuthorizedKeys(text).map((entry) => `ssh-ed25519 ${entry.blob.toString('base64')}`);
const bare = (line: string | undefined): string => line!.split(' ').slice(0, 2).join(' ');

test.each([
  ['nothing', '', []],
  ['two lines', `${one}\n${two}`, [one, two]],
  ['Windows line ends and blank lines', `\r\n${one}\r\n\r\n${two}\r\n`, [one, two]],
  ['comments', `# ${one}\n   # more\n${two}`, [two]],
  ['options', `restrict,command="echo \\"a b\\" # c",from="10.0.0.0/8" ${one}`, [one]],
  ['tabs, no comment', bare(one).replace(' ', '\t'), [one]],
  ['garbage around', `hello world\nssh-ed25519\nssh-ed25519 AAAA\n${two}\nssh-rsa !!!`, [two]],
])('%s', (_name, text, expected) => {
  expect(found(text)).toEqual(expected.map(bare));
});
