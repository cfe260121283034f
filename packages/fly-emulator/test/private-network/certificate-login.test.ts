import { createHash, createPrivateKey, sign } from 'node:crypto';
import { createSshAuthority, readPublicKey } from '../../src/private-network/ssh/authority.js';
import { CERTIFICATE_TYPE, writeCertificate, type SshCertificate } from '../../src/private-network/ssh/certificate.js';
import { certificateLogin } from '../../src/private-network/ssh/certificate-login.js';
import { string } from '../../src/private-network/ssh/wire.js';
import { encodeHostKey } from '../../src/runtime/ssh/host-key.js';

const half = createHash('sha256').update('a user').digest();
const user = encodeHostKey(half, 'user');
const privateKey = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), half]),
  format: 'der',
  type: 'pkcs8',
});
const authority = createSshAuthority('seed', 'personal');
const NOW = 1_000_000;
const GOOD: SshCertificate = {
  key: readPublicKey(user.publicLine) as Buffer,
  keyId: 'ada@example.com',
  principals: ['root', 'fly'],
  apps: ['one', 'two'],
  validAfter: NOW - 1000,
  validBefore: NOW + 1000,
};
const login = certificateLogin({ app: 'one', authority: () => authority, now: () => NOW });

const blobOf = (change: Partial<SshCertificate> = {}, by = authority): Buffer =>
  Buffer.from(writeCertificate({ ...GOOD, ...change }, by).split(' ')[1] ?? '', 'base64');
const attempt = (key: Buffer, name = 'root') => {
  const signed = Buffer.from('what the client signs');
  const signature = Buffer.concat([string('ssh-ed25519'), string(sign(null, signed, privateKey))]);
  return login({ user: name, algorithm: CERTIFICATE_TYPE, key, proof: { signed, signature, hash: undefined } });
};

test('a certificate of the organization, and the key that it is about', () => {
  expect(attempt(blobOf())).toEqual({
    admitted: true,
    log: 'INFO New SSH session email=ada@example.com verified=true',
  });
  expect(attempt(blobOf({ apps: null }), 'fly').admitted).toBe(true);
});

test.each([
  ['of another authority', blobOf({}, createSshAuthority('seed', 'acme')), 'root', 'not of this organization'],
  ['that is not valid yet', blobOf({ validAfter: NOW + 1000 }), 'root', 'not valid yet'],
  ['that has expired', blobOf({ validBefore: NOW }), 'root', 'expired'],
  ['for other users', blobOf(), 'developer', 'other users'],
  ['for other apps', blobOf({ apps: ['two'] }), 'root', 'other apps'],
  ['about another key', blobOf({ key: Buffer.alloc(32, 1) }), 'root', 'signature'],
])('a certificate %s is refused', (_what, blob, name, why) => {
  expect(attempt(blob, name)).toEqual({ admitted: false, log: expect.stringContaining(why) });
});

test('a certificate that was changed or cut anywhere is refused', () => {
  const blob = blobOf();
  for (let index = 0; index < blob.length; index++) {
    const changed = Buffer.from(blob);
    changed[index] = (changed[index] as number) ^ 1;
    expect(attempt(changed).admitted).toBe(false);
    expect(attempt(blob.subarray(0, index)).admitted).toBe(false);
  }
});

test('a plain key is refused', () => {
  const key = Buffer.concat([string('ssh-ed25519'), string(GOOD.key)]);
  expect(login({ user: 'root', algorithm: 'ssh-ed25519', key })).toEqual({ admitted: false });
});
