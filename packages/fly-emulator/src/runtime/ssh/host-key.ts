import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';

/** An SSH server's identity: OpenSSH private key text and the matching `.pub` line. */
export interface HostKey {
  privatePem: string;
  publicLine: string;
}

/**
 * Makes a fresh ed25519 key. ssh2's own generator drops leading zero bytes of the public half, so that one key in 256 cannot
 * be read by anybody.
 */
export function generateHostKey(comment: string): HostKey {
  return encodeHostKey(randomBytes(32), comment);
}

/** PKCS#8 header of a bare ed25519 private key. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Writes the ed25519 key with this private half (32 bytes) in OpenSSH's format ("openssh-key-v1", its PROTOCOL.key file),
 * without passphrase.
 */
export function encodeHostKey(privateHalf: Buffer, comment: string): HostKey {
  const der = Buffer.concat([PKCS8_PREFIX, privateHalf]);
  const key = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  // Not as JWK: Node can block for ever in that export, when the garbage collector comes upon the other half of the pair.
  const publicHalf = key.export({ format: 'der', type: 'spki' }).subarray(-32);
  const publicBlob = Buffer.concat([field('ssh-ed25519'), field(publicHalf)]);

  // Any four bytes, twice: they only tell a reader that decryption worked. Taken from the key, so that it encodes alike each time.
  const check = publicHalf.subarray(0, 4);
  const secret = Buffer.concat([
    check,
    check,
    publicBlob,
    field(Buffer.concat([privateHalf, publicHalf])),
    field(comment),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    Buffer.from([0, 0, 0, 1]),
    field(publicBlob),
    field(Buffer.concat([secret, padding])),
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  return {
    privatePem: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`,
    publicLine: `ssh-ed25519 ${publicBlob.toString('base64')} ${comment}`,
  };
}

function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
