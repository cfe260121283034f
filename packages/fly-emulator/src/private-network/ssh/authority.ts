import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { string, WireReader } from './wire.js';

/** The key that signs the SSH certificates of an organisation. */
export interface SshAuthority {
  /** Its public key as it travels, and as an `authorized_keys` line. */
  readonly blob: Buffer;
  readonly publicLine: string;
  /** A signature as it travels. */
  sign(data: Buffer): Buffer;
}

export const KEY_TYPE = 'ssh-ed25519';
const KEY_BYTES = 32;
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** The same in every run of one emulator. */
export function createSshAuthority(seed: string, org: string): SshAuthority {
  const raw = createHash('sha256').update(`${seed} SSH authority ${org}`).digest();
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, raw]), format: 'der', type: 'pkcs8' });
  const publicHalf = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES);
  const blob = Buffer.concat([string(KEY_TYPE), string(publicHalf)]);
  return {
    blob,
    publicLine: `${KEY_TYPE} ${blob.toString('base64')} ${org} authority`,
    sign: (data) => Buffer.concat([string(KEY_TYPE), string(sign(null, data, key))]),
  };
}

/** The 32 bytes of an ed25519 key in an `authorized_keys` line or, as it travels, in a blob; `null` for anything else. */
export function readPublicKey(key: string | Buffer): Buffer | null {
  const blob = typeof key === 'string' ? Buffer.from(key.trim().split(/\s+/)[1] ?? '', 'base64') : key;
  try {
    const reader = new WireReader(blob);
    const type = reader.string().toString();
    const raw = reader.string();
    return type === KEY_TYPE && raw.length === KEY_BYTES && reader.isAtEnd ? raw : null;
  } catch {
    return null;
  }
}

/** Whether `signature` (as it travels, or its 64 bytes alone) over `data` is of the key with these 32 bytes. */
export function isSignedBy(raw: Buffer, data: Buffer, signature: Buffer): boolean {
  try {
    return verify(null, data, publicKey(raw), signature.length === 64 ? signature : innerSignature(signature));
  } catch {
    return false;
  }
}

function innerSignature(signature: Buffer): Buffer {
  const reader = new WireReader(signature);
  if (reader.string().toString() !== KEY_TYPE) throw new RangeError('another kind of signature');
  return reader.string();
}

const publicKey = (raw: Buffer): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
