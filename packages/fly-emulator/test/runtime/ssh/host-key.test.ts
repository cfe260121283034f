import { utils } from 'ssh2';
import { generateHostKey } from '../../../src/runtime/ssh/host-key.js';

test('every generated key can be read, and its halves belong together', () => {
  // Enough keys to meet public halves that begin with a zero byte.
  for (let round = 0; round < 2000; round += 1) {
    const made = generateHostKey('root@machine');
    const key = utils.parseKey(made.privatePem);
    if (key instanceof Error) throw key;
    expect(made.publicLine).toBe(`ssh-ed25519 ${key.getPublicSSH().toString('base64')} root@machine`);
  }
  const key = utils.parseKey(generateHostKey('x').privatePem);
  if (key instanceof Error) throw key;
  const signed = key.sign('data') as unknown as Buffer;
  expect(key.verify('data', signed)).toBe(true);
});
