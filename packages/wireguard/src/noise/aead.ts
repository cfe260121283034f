import { createCipheriv, createDecipheriv } from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha';

export const TAG_BYTES = 16;
const ALGORITHM = 'chacha20-poly1305';
const OPTIONS = { authTagLength: TAG_BYTES };
const HANDSHAKE_NONCE = Buffer.alloc(12);

/** Seals one field of a handshake message: each key is used once, so the nonce is zero. */
export function sealField(key: Buffer, plaintext: Uint8Array, associated: Buffer): Buffer {
  const cipher = createCipheriv(ALGORITHM, key, HANDSHAKE_NONCE, OPTIONS);
  cipher.setAAD(associated, { plaintextLength: plaintext.length });
  const body = cipher.update(plaintext);
  cipher.final();
  return Buffer.concat([body, cipher.getAuthTag()]);
}

/** Opens one field of a handshake message, or `null` when it is not authentic. */
export function openField(key: Buffer, sealed: Buffer, associated: Buffer): Buffer | null {
  const length = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, HANDSHAKE_NONCE, OPTIONS);
  decipher.setAAD(associated, { plaintextLength: length });
  decipher.setAuthTag(sealed.subarray(length));
  const plaintext = decipher.update(sealed.subarray(0, length));
  try {
    decipher.final();
    return plaintext;
  } catch {
    return null;
  }
}

/** Seals a cookie: XChaCha20-Poly1305, which OpenSSL lacks. */
export function sealCookie(key: Uint8Array, nonce: Uint8Array, cookie: Uint8Array, associated: Uint8Array): Uint8Array {
  return xchacha20poly1305(key, nonce, associated).encrypt(cookie);
}

/** Opens a cookie, or `null` when it is not authentic. */
export function openCookie(
  key: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
  associated: Uint8Array,
): Uint8Array | null {
  try {
    return xchacha20poly1305(key, nonce, associated).decrypt(sealed);
  } catch {
    return null;
  }
}
