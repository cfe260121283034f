import { createHash, createHmac } from 'node:crypto';
import { blake2s } from '@noble/hashes/blake2';

/** WireGuard paper, section 5.4. Node's own hash takes no key: it ignores one silently. Hence `@noble/hashes` for the MAC only. */
const HASH = 'blake2s256';
const MAC_BYTES = 16;

export function hash(...parts: readonly Uint8Array[]): Buffer {
  const digest = createHash(HASH);
  for (const part of parts) digest.update(part);
  return digest.digest();
}

/** Keyed BLAKE2s with 16 bytes of output, which is a parameter of the hash and no truncation. */
export function mac(key: Uint8Array, input: Uint8Array): Uint8Array {
  return blake2s(input, { key, dkLen: MAC_BYTES });
}

/** The first of the keys derived from `input` under the chaining key. */
export function kdf1(chainingKey: Buffer, input: Uint8Array): Buffer {
  return expand(hmac(chainingKey, input), 1)[0] as Buffer;
}

export function kdf2(chainingKey: Buffer, input: Uint8Array): [Buffer, Buffer] {
  return expand(hmac(chainingKey, input), 2) as [Buffer, Buffer];
}

export function kdf3(chainingKey: Buffer, input: Uint8Array): [Buffer, Buffer, Buffer] {
  return expand(hmac(chainingKey, input), 3) as [Buffer, Buffer, Buffer];
}

function expand(secret: Buffer, count: number): Buffer[] {
  const keys: Buffer[] = [];
  for (let index = 1; index <= count; index += 1) {
    const previous = keys.at(-1);
    keys.push(
      hmac(secret, previous === undefined ? Buffer.from([index]) : Buffer.concat([previous, Buffer.from([index])])),
    );
  }
  return keys;
}

function hmac(key: Buffer, input: Uint8Array): Buffer {
  return createHmac(HASH, key).update(input).digest();
}
