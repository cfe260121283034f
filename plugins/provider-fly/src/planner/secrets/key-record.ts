import { createHash } from 'node:crypto';
import { authorizedKeysVariable } from '@sindri/image-contract';
import { metadataKeys, type SecretsData } from '../../model.js';

/** A public key and whose it is. */
export interface KnownKey {
  /** `type base64`. */
  publicKey: string;
  comment: string;
}

/** What is known of the keys in AUTHORIZED_KEYS, whose value Fly never shows. */
export interface KeyRecord {
  /** Whether the app has that secret at all. */
  isSet: boolean;
  /** Whether `keys` are what is in it: nobody has set it since they were noted down. */
  isCurrent: boolean;
  keys: KnownKey[];
}

/** From what Sindri has noted in the machine's metadata, and the digests that Fly tells. */
export function keyRecord(
  metadata: Readonly<Record<string, string>>,
  items: Pick<SecretsData['items'][number], 'name' | 'digest'>[],
): KeyRecord {
  const item = items.find(({ name }) => name === authorizedKeysVariable);
  const noted = metadata[metadataKeys.authorizedKeys];
  const keys = (noted ?? '').split('\n').flatMap((line) => {
    const [type = '', base64, ...comment] = line.split(' ');
    return base64 === undefined ? [] : [{ publicKey: `${type} ${base64}`, comment: comment.join(' ') }];
  });
  const isCurrent = item !== undefined && noted !== undefined && metadata[metadataKeys.keysDigest] === item.digest;
  return { isSet: item !== undefined, isCurrent, keys };
}

const LONGEST_COMMENT = 100;

/** One line of AUTHORIZED_KEYS. A comment is anybody's text: it stays one line, of printable characters, and short. */
export function toKeyLine({ publicKey, comment }: KnownKey): string {
  const printable = comment.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ').replace(/ +/g, ' ');
  return `${publicKey} ${[...printable].slice(0, LONGEST_COMMENT).join('')}`.trim();
}

/** `SHA256:…`, as `ssh-keygen -l` prints it. */
export function keyFingerprint(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** Whether `type base64` is a whole key: strings behind their lengths (RFC 4253, section 6.6), the first of them the type. */
export function isWholeKey(publicKey: string): boolean {
  const [type = '', base64 = ''] = publicKey.split(' ');
  const blob = Buffer.from(base64, 'base64');
  const parts: string[] = [];
  let position = 0;
  while (position + 4 <= blob.length) {
    const start = position + 4;
    position = start + blob.readUInt32BE(position);
    parts.push(blob.toString('latin1', start, position));
  }
  return position === blob.length && parts.length > 1 && parts[0] === type;
}

/** Keys for people: `SHA256:… (me@home), SHA256:…`. */
export function keysText(keys: readonly KnownKey[]): string {
  return keys
    .map(({ publicKey, comment }) => `${keyFingerprint(publicKey)}${comment === '' ? '' : ` (${comment})`}`)
    .join(', ');
}
