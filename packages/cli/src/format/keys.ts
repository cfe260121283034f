import type { AdmittedKey } from '@sindri/core';
import { plainCommand, type NextCommand } from '../next-commands.js';
import type { KeysResult } from '../operations/keys.js';
import { plainText } from '../terminal/outside-text.js';
import type { Style } from '../style.js';

/** `SHA256:…  ssh-ed25519  me@laptop  now and after the next start`, one line for each key. */
export function formatKeys({ environment, keys }: KeysResult, style: Style, next: NextCommand = plainCommand): string {
  if (keys.length === 0) {
    return `No SSH key may log in to ${style.bold(environment)}.\nAdmit yours: ${next('keys add')}`;
  }
  const widthOf = (textOf: (key: AdmittedKey) => string) => Math.max(...keys.map((key) => textOf(key).length));
  const [first, second, third] = [
    widthOf(({ fingerprint }) => fingerprint),
    widthOf(({ type }) => type),
    widthOf(({ comment }) => comment),
  ] as const;
  return keys
    .map((key) =>
      [
        style.bold(key.fingerprint.padEnd(first)),
        key.type.padEnd(second),
        key.comment.padEnd(third),
        placeOf(key),
      ].join('  '),
    )
    .join('\n');
}

function placeOf({ where, instances, fromConfig }: AdmittedKey): string {
  const now = where.includes('now');
  const later = where.includes('next-start');
  const at = instances === undefined ? 'now' : `now at ${instances.map(plainText).join(', ')}`;
  const when = now
    ? later
      ? `${at} and${instances === undefined ? '' : ' everywhere'} after the next start`
      : `${at}, until the next start`
    : 'from the next start on';
  return fromConfig ? `${when}, from the config` : when;
}
