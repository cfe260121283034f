import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject, randomBytes } from 'node:crypto';

/** Random bytes; tests pass a seeded source. */
export type RandomBytes = (size: number) => Buffer;

export const KEY_BYTES = 32;

/** Keys go in and out as JWK (RFC 8037): OpenSSL takes ten times as long to read 32 bytes out of DER. */
const JWK = { kty: 'OKP', crv: 'X25519' };

/** A key pair as WireGuard writes it down: 32 raw bytes each, in base64. */
export interface KeyPair {
  /** Secret: never log it. */
  privateKey: string;
  publicKey: string;
}

/** A fresh X25519 key pair. */
export function generateKeyPair(random: RandomBytes = randomBytes): KeyPair {
  const raw = clamp(random(KEY_BYTES));
  return { privateKey: raw.toString('base64'), publicKey: new PrivateKey(raw).publicKey.raw.toString('base64') };
}

/** The public key that belongs to a private one, both in base64. */
export function publicKeyOf(privateKey: string): string {
  return new PrivateKey(decodeKey(privateKey, 'private key')).publicKey.raw.toString('base64');
}

/** The 32 bytes of a key in base64. Throws a `TypeError` that names `what`, never the key. */
export function decodeKey(text: string, what: string): Buffer {
  const raw = Buffer.from(text, 'base64');
  if (raw.length !== KEY_BYTES || !/^[A-Za-z0-9+/]{43}=$/.test(text)) {
    throw new TypeError(`The ${what} is not a WireGuard key: it must be 32 bytes in base64.`);
  }
  return raw;
}

/** An X25519 public key, imported once: importing costs more than using it. */
export class PublicKey {
  readonly object: KeyObject;

  constructor(readonly raw: Buffer) {
    this.object = createPublicKey({ key: { ...JWK, x: raw.toString('base64url') }, format: 'jwk' });
  }
}

/** An X25519 private key. Its raw bytes cannot be read back from here. */
export class PrivateKey {
  readonly publicKey: PublicKey;
  readonly #object: KeyObject;

  constructor(raw: Buffer) {
    // Node wants `x` to be there, and computes it from `d`.
    this.#object = createPrivateKey({ key: { ...JWK, d: raw.toString('base64url'), x: '' }, format: 'jwk' });
    const { x = '' } = createPublicKey(this.#object).export({ format: 'jwk' });
    this.publicKey = new PublicKey(Buffer.from(x, 'base64url'));
  }

  static generate(random: RandomBytes): PrivateKey {
    return new PrivateKey(random(KEY_BYTES));
  }

  /** The shared secret. Throws when the other key is one of the few points that lead to an all-zero secret. */
  diffieHellman(other: PublicKey): Buffer {
    return diffieHellman({ privateKey: this.#object, publicKey: other.object });
  }
}

/** As `wg genkey` writes keys. X25519 ignores these bits, other programs compare them. */
function clamp(raw: Buffer): Buffer {
  raw[0] = (raw[0] as number) & 248;
  raw[31] = ((raw[31] as number) & 127) | 64;
  return raw;
}
