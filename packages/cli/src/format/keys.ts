import type { AdmittedKey } from '@sindri/core';
import { plainCommand, type NextCommand } from '../next-commands.js';
import type { KeysResult } from '../operations/keys.js';
import { plainText } from '../terminal/outside-text.js';
import type { Style } from '../style.js';
import { formatTable } from './table.js';

/** `SHA256:…  ssh-ed25519  me@laptop  now and later`, a row for each key. */
export function formatKeys({ environment, keys }: KeysResult, style: Style, next: NextCommand = plainCommand): string {
  if (keys.length === 0) {
    return `No SSH key may log in to ${style.bold(environment)}.\nAdmit yours: ${next('keys add')}`;
  }
  return formatTable(
    keys,
    [
      { title: 'KEY', text: ({ fingerprint }) => plainText(fingerprint), paint: (text) => style.bold(text) },
      { title: 'TYPE', text: ({ type }) => plainText(type), dispensable: 1 },
      { title: 'COMMENT', text: ({ comment }) => plainText(comment) },
      { title: 'MAY LOG IN', text: timeOf },
    ],
    style,
  );
}

function timeOf({ where, instances, fromConfig }: AdmittedKey): string {
  const now = where.includes('now');
  const later = where.includes('next-start');
  const at = instances === undefined ? 'now' : `now at ${instances.map(plainText).join(', ')}`;
  const when = now
    ? later
      ? `${at} and${instances === undefined ? '' : ' everywhere'} later`
      : `${instances === undefined ? '' : `${at}, `}until the next start`
    : 'from the next start on';
  return fromConfig ? `${when}, from the config` : when;
}
