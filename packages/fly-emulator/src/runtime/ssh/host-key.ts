import { generateKeyPairSync, type KeyObject } from 'node:crypto';

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
  return encodeHostKey(generateKeyPairSync('ed25519').privateKey, comment);
}

/** Writes an ed25519 key in OpenSSH's format ("openssh-key-v1", its PROTOCOL.key file), without passphrase. */
export function encodeHostKey(key: KeyObject, comment: string): HostKey {
  const jwk = key.export({ format: 'jwk' });
  const publicHalf = Buffer.from(jwk.x ?? '', 'base64url');
  const privateHalf = Buffer.from(jwk.d ?? '', 'base64url');
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
