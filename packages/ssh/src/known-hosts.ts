import { parseAuthorizedKeys } from './public-keys.js';
import { sshError } from './ssh-error.js';

/**
 * The lines that any SSH client's known_hosts needs to trust `keys` under the name `alias` (OpenSSH: `HostKeyAlias`).
 *
 * Throws `SSH_ALIAS_INVALID` for an alias that would not be found again, see {@link assertAlias}.
 */
export function formatKnownHosts(alias: string, keys: readonly string[]): string {
  assertAlias(alias);
  return parseAuthorizedKeys(keys.join('\n'))
    .map((key) => `${alias} ${key}\n`)
    .join('');
}

/** The keys that a known_hosts text holds for exactly `alias`. Patterns, hashed names and markers are not looked at. */
export function parseKnownHosts(text: string, alias: string): string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.startsWith(`${alias} `));
  return parseAuthorizedKeys(lines.map((line) => line.slice(alias.length + 1)).join('\n'));
}

/**
 * Only lower case: OpenSSH compares with a lower-cased pattern, so `My-App` would never match. Nothing that means something in
 * known_hosts: blanks, commas, `*`, `?`, `!`, `|`, `@`, `#`.
 */
export function assertAlias(alias: string): void {
  if (/^[a-z0-9][a-z0-9._-]{0,199}$/.test(alias)) return;
  throw sshError({
    code: 'SSH_ALIAS_INVALID',
    kind: 'internal',
    message: `${JSON.stringify(alias)} cannot be a host key alias: use a-z, 0-9, dot, dash and underscore only.`,
  });
}
