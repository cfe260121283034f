import { createHash } from 'node:crypto';

/** Algorithm names as they stand at the start of a public key: `ssh-ed25519`, `sk-ssh-ed25519@openssh.com`, `ssh-rsa`. */
const KEY_TYPE = /^(?:ssh-|ecdsa-sha2-|sk-)[A-Za-z0-9@.-]+$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * The public keys of a text in the format of authorized_keys or of `.pub` files, one per line, normalised to
 * `type base64`: options and comments dropped. Empty lines, comment lines and lines that hold no key are ignored.
 */
export function parseAuthorizedKeys(text: string): string[] {
  const keys: string[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    const key = parsePublicKeyLine(line);
    if (key !== null && !keys.includes(key)) keys.push(key);
  }
  return keys;
}

/** Whether two public keys are the same key; comments, options and white space do not matter. */
export function publicKeysMatch(a: string, b: string): boolean {
  const left = parsePublicKeyLine(a);
  return left !== null && left === parsePublicKeyLine(b);
}

/** The fingerprint people compare: `SHA256:…`, as `ssh-keygen -l` prints it. */
export function fingerprint(publicKey: string | Buffer): string {
  const blob = typeof publicKey === 'string' ? publicKeyBlob(publicKey) : publicKey;
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** The bytes behind `type base64`. */
export function publicKeyBlob(publicKey: string): Buffer {
  return Buffer.from(publicKey.trim().split(/\s+/)[1] ?? '', 'base64');
}

/** `type base64` for the bytes of a public key, or `null` when they are none. */
export function publicKeyFromBlob(blob: Buffer): string | null {
  const type = readKeyType(blob);
  return type === null ? null : `${type} ${blob.toString('base64')}`;
}

/** The algorithm of a normalised public key: `ssh-ed25519`. */
export function publicKeyType(publicKey: string): string {
  return publicKey.trim().split(/\s+/)[0] ?? '';
}

function parsePublicKeyLine(line: string): string | null {
  const trimmed = line.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return null;
  const words = splitOutsideQuotes(trimmed);
  // The type is the first word, or the second when options precede it.
  for (const start of [0, 1]) {
    const [type, base64] = [words[start], words[start + 1]];
    if (type === undefined || base64 === undefined || !KEY_TYPE.test(type) || !BASE64.test(base64)) continue;
    const blob = Buffer.from(base64, 'base64');
    // The bytes name their type too: a line whose halves disagree is damaged.
    if (readKeyType(blob) === type) return `${type} ${blob.toString('base64')}`;
  }
  return null;
}

/** Words separated by blanks; blanks inside double quotes (options such as `command="a b"`) do not separate. */
function splitOutsideQuotes(line: string): string[] {
  return line.match(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/g) ?? [];
}

function readKeyType(blob: Buffer): string | null {
  if (blob.length < 4) return null;
  const length = blob.readUInt32BE(0);
  if (length === 0 || length > 64 || blob.length < 4 + length) return null;
  const type = blob.toString('latin1', 4, 4 + length);
  return KEY_TYPE.test(type) ? type : null;
}
