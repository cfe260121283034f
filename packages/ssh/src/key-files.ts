import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { canSign, publicKeyFromBlob } from './public-keys.js';
import { loadSsh2 } from './ssh2-library.js';

const MAGIC = 'openssh-key-v1\0';
const HEADER = '-----BEGIN OPENSSH PRIVATE KEY-----';
const FOOTER = '-----END OPENSSH PRIVATE KEY-----';
/** A private key file is a few hundred bytes, a big RSA key some thousand. */
const MAX_KEY_FILE_BYTES = 64 * 1024;

/** What a look at a private key file tells. */
export type KeyFile =
  | { status: 'usable'; publicKey: string }
  /** Protected by a passphrase; only an agent can use it. The public half is readable all the same. */
  | { status: 'encrypted'; publicKey: string }
  /** Missing, unreadable, not a regular file, of a kind that cannot sign from here, or in a format that nobody here reads. */
  | { status: 'unusable' };

/**
 * Looks at the key file at `path` without decrypting anything. Never rejects. The one judge of what is usable: planning asks it
 * which key this user has, and a login reads its files by {@link readPrivateKey}.
 */
export async function inspectKeyFile(path: string): Promise<KeyFile> {
  const text = await readSmallFile(path);
  if (text === null) return { status: 'unusable' };
  const straight = straighten(text);
  return straight.includes(HEADER) ? inspectPrivateKey(straight) : inspectOldFormat(straight);
}

/** The text of a private key as the SSH library wants it. Rejects when the file has gone or changed since it was found. */
export async function readPrivateKey(path: string): Promise<string> {
  return straighten(readFileSync(path, 'utf8'));
}

/** Keys are often pasted with an indentation, or with line ends of another system. */
function straighten(text: string): string {
  return `${text
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .join('\n')
    .trim()}\n`;
}

/** PEM of its own kind (`BEGIN RSA PRIVATE KEY`) and PuTTY's: the library that logs in knows best. */
function inspectOldFormat(text: string): KeyFile {
  if (!/PRIVATE KEY-----|^PuTTY-User-Key-File/m.test(text)) return { status: 'unusable' };
  const parsed = loadSsh2().utils.parseKey(text);
  if (parsed instanceof Error || !parsed.isPrivateKey()) return { status: 'unusable' };
  const publicKey = publicKeyFromBlob(parsed.getPublicSSH());
  return publicKey === null || !canSign(publicKey) ? { status: 'unusable' } : { status: 'usable', publicKey };
}

/**
 * The text of a regular file of at most 64 KiB; `null` for anything else. A FIFO in its place must not block us. What is small and there is
 * read at once: the threads that would wait for it take longer to start than it to read.
 */
export async function readSmallFile(path: string): Promise<string | null> {
  try {
    const stat = statSync(path);
    if (!stat.isFile() || stat.size > MAX_KEY_FILE_BYTES) return null;
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** The outer structure of an OpenSSH private key (PROTOCOL.key in OpenSSH's sources): cipher, KDF, count, public key, … */
function inspectPrivateKey(text: string): KeyFile {
  const start = text.indexOf(HEADER);
  const end = text.indexOf(FOOTER);
  if (start === -1 || end < start) return { status: 'unusable' };
  const bytes = Buffer.from(text.slice(start + HEADER.length, end), 'base64');
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return { status: 'unusable' };
  try {
    let position = MAGIC.length;
    const readString = (): Buffer => {
      const from = position + 4;
      position = from + bytes.readUInt32BE(position);
      if (position > bytes.length) throw new RangeError('truncated key');
      return bytes.subarray(from, position);
    };
    const cipher = readString().toString('latin1');
    readString();
    readString();
    position += 4;
    const publicKey = publicKeyFromBlob(readString());
    if (publicKey === null || !canSign(publicKey)) return { status: 'unusable' };
    return { status: cipher === 'none' ? 'usable' : 'encrypted', publicKey };
  } catch {
    return { status: 'unusable' };
  }
}

/** A new ed25519 key pair: the private half in OpenSSH's file format, unencrypted. */
export function generateKeyPair(comment: string): { privateKey: string; publicKey: string } {
  // Not through `export({ format: 'jwk' })`: Node can block for ever in it, when the garbage collector comes upon the other
  // half of the pair meanwhile. In both DER forms an ed25519 key is the last 32 bytes.
  const pair = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
    publicKeyEncoding: { format: 'der', type: 'spki' },
  });
  const [secret, point] = [pair.privateKey.subarray(-32), pair.publicKey.subarray(-32)];
  const publicBlob = Buffer.concat([sshString('ssh-ed25519'), sshString(point)]);
  const check = randomBytes(4);
  const unpadded = Buffer.concat([
    check,
    check,
    sshString('ssh-ed25519'),
    sshString(point),
    sshString(Buffer.concat([secret, point])),
    sshString(comment),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (unpadded.length % 8)) % 8 }, (_, index) => index + 1));
  const file = Buffer.concat([
    Buffer.from(MAGIC, 'latin1'),
    sshString('none'),
    sshString('none'),
    sshString(''),
    Buffer.from([0, 0, 0, 1]),
    sshString(publicBlob),
    sshString(Buffer.concat([unpadded, padding])),
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  return {
    privateKey: `${[HEADER, ...lines, FOOTER].join('\n')}\n`,
    publicKey: `ssh-ed25519 ${publicBlob.toString('base64')}`,
  };
}

export function sshString(value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
