import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import type { HostKey } from '../ssh/host-key.js';

/** PKCS#8 header of a bare ed25519 seed. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The ed25519 host key that belongs to a name: always the same for the same seed and name, so that nothing needs to be
 * stored for it to survive stops, replacements and restarts of the emulator.
 */
export function deriveHostKey(seed: string, name: string): HostKey {
  const secret = createHash('sha256').update(`${seed} host key ${name}`).digest();
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secret]), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const point = spki.subarray(spki.length - 32);
  const comment = 'root@machine';
  const publicBlob = Buffer.concat([field('ssh-ed25519'), field(point)]);
  const check = secret.subarray(0, 4);
  const unpadded = Buffer.concat([check, check, publicBlob, field(Buffer.concat([secret, point])), field(comment)]);
  const padding = Buffer.from(Array.from({ length: (8 - (unpadded.length % 8)) % 8 }, (_, index) => index + 1));
  // openssh-key-v1, not encrypted: no cipher, no key derivation, one key.
  const container = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    uint32(1),
    field(publicBlob),
    field(Buffer.concat([unpadded, padding])),
  ]);
  const lines = container.toString('base64').match(/.{1,70}/g) ?? [];
  return {
    privatePem: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`,
    publicLine: `ssh-ed25519 ${publicBlob.toString('base64')} ${comment}`,
  };
}

function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
