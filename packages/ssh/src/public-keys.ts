import { createHash } from 'node:crypto';

/** One public key as it was written. */
export interface PublicKey {
  /** `type base64`. */
  publicKey: string;
  /** What stands behind the key: `me@home`. Empty when nothing does. */
  comment: string;
}

/** What a text that should hold public keys says. */
export interface PublicKeys {
  keys: PublicKey[];
  /** Lines, counted from 1, that are no key although they should be one: a key that was broken in copying, for example. */
  faults: number[];
}

/** Algorithm names as they stand at the start of a public key: `ssh-ed25519`, `sk-ssh-ed25519@openssh.com`, `ssh-rsa`. */
const KEY_TYPE = /^(?:ssh-|ecdsa-sha2-|sk-)[A-Za-z0-9@.-]+$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * The public keys of a text in the format of authorized_keys or of `.pub` files, one per line, normalised to
 * `type base64`: options and comments dropped. Empty lines, comment lines and lines that hold no key are ignored.
 */
export function parseAuthorizedKeys(text: string): string[] {
  return readPublicKeys(text).keys.map(({ publicKey }) => publicKey);
}

/**
 * The public keys of a text, each once, and the lines that should be one and are none. Reads the format of authorized_keys and
 * `.pub` files, one key a line, and the blocks of RFC 4716 that other SSH programs export.
 */
export function readPublicKeys(text: string): PublicKeys {
  const found: PublicKeys = { keys: [], faults: [] };
  const lines = text.split(/\r\n|\n|\r/);
  const add = (key: PublicKey | null, line: number): void => {
    if (key === null) found.faults.push(line);
    else if (!found.keys.some(({ publicKey }) => publicKey === key.publicKey)) found.keys.push(key);
  };
  for (let index = 0; index < lines.length; index += 1) {
    const line = (lines[index] as string).trim();
    if (line === '' || line.startsWith('#')) continue;
    if (line !== BLOCK_BEGIN) add(parsePublicKeyLine(line), index + 1);
    else {
      const end = lines.findIndex((other, at) => at > index && other.trim() === BLOCK_END);
      add(end < 0 ? null : parseBlock(lines.slice(index + 1, end)), index + 1);
      if (end >= 0) index = end;
    }
  }
  return found;
}

const BLOCK_BEGIN = '---- BEGIN SSH2 PUBLIC KEY ----';
const BLOCK_END = '---- END SSH2 PUBLIC KEY ----';

/** RFC 4716, section 3: headers `Tag: value`, continued behind a backslash, then the key in base64. */
function parseBlock(lines: readonly string[]): PublicKey | null {
  const joined = lines.join('\n').replace(/\\\n/g, '').split('\n');
  const isHeader = (line: string): boolean => /^[\x21-\x39\x3b-\x7e]{1,64}:/.test(line);
  const comment = joined.find((line) => /^comment:/i.test(line))?.replace(/^comment:\s*/i, '') ?? '';
  const base64 = joined
    .filter((line) => !isHeader(line))
    .join('')
    .replace(/\s/g, '');
  const publicKey = BASE64.test(base64) ? publicKeyFromBlob(Buffer.from(base64, 'base64')) : null;
  return publicKey === null ? null : { publicKey, comment: comment.replace(/^"(.*)"$/, '$1') };
}

/** Whether two public keys are the same key; comments, options and white space do not matter. */
export function publicKeysMatch(a: string, b: string): boolean {
  const [left, right] = [a, b].map((line) => parsePublicKeyLine(line.trim())?.publicKey);
  return left !== undefined && left === right;
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
  return type === null || !isWhole(blob) ? null : `${type} ${blob.toString('base64')}`;
}

/**
 * Whether a login with this kind of key can work from here: a security key (`sk-…`) wants a touch that only OpenSSH's own agent
 * protocol extensions carry, and DSA is not accepted anywhere any more.
 */
export function canSign(publicKey: string): boolean {
  return /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521))$/.test(publicKeyType(publicKey));
}

/** The algorithm of a normalised public key: `ssh-ed25519`. */
export function publicKeyType(publicKey: string): string {
  return publicKey.trim().split(/\s+/)[0] ?? '';
}

function parsePublicKeyLine(line: string): PublicKey | null {
  if (line === '' || line.startsWith('#')) return null;
  const words = splitOutsideQuotes(line);
  // The type is the first word, or the second when options precede it.
  for (const start of [0, 1]) {
    const [type, base64] = [words[start], words[start + 1]];
    if (type === undefined || base64 === undefined || !KEY_TYPE.test(type) || !BASE64.test(base64)) continue;
    const blob = Buffer.from(base64, 'base64');
    // The bytes name their type too: a line whose halves disagree is damaged, and so is one that was cut.
    if (readKeyType(blob) !== type || !isWhole(blob)) continue;
    return { publicKey: `${type} ${blob.toString('base64')}`, comment: words.slice(start + 2).join(' ') };
  }
  return null;
}

/** Words separated by blanks; blanks inside double quotes (options such as `command="a b"`) do not separate. */
function splitOutsideQuotes(line: string): string[] {
  return line.match(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/g) ?? [];
}

/** RFC 4253, section 6.6: a key is its type and one or more strings or numbers, each behind its length, and nothing more. */
function isWhole(blob: Buffer): boolean {
  let position = 0;
  let parts = 0;
  while (position + 4 <= blob.length) {
    position += 4 + blob.readUInt32BE(position);
    parts += 1;
  }
  if (position !== blob.length || parts < 2) return false;
  // An ed25519 key has just one part more, of 32 bytes; a certificate of it has other parts.
  return readKeyType(blob) !== 'ssh-ed25519' || blob.length === 51;
}

function readKeyType(blob: Buffer): string | null {
  if (blob.length < 4) return null;
  const length = blob.readUInt32BE(0);
  if (length === 0 || length > 64 || blob.length < 4 + length) return null;
  const type = blob.toString('latin1', 4, 4 + length);
  return KEY_TYPE.test(type) ? type : null;
}
