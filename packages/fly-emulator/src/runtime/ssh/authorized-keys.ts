import { utils, type ParsedKey } from 'ssh2';

/** A key that may log in. */
export interface AuthorizedKey {
  /** The public key blob, as it travels in an authentication request. */
  blob: Buffer;
  key: ParsedKey;
}

const KEY_TYPE = /^(?:ssh-|ecdsa-sha2-|sk-)[a-z0-9@.-]+$/;

/**
 * Reads the text of an `authorized_keys` file: one key per line, comments, blank lines and options before the key allowed.
 * Options are not applied. Lines that hold no key this server can check are left out.
 */
export function readAuthorizedKeys(text: string): AuthorizedKey[] {
  const found: AuthorizedKey[] = [];
  for (const line of text.split(/\r?\n/)) {
    const words = splitWords(line.trim());
    const at = words.findIndex((word) => KEY_TYPE.test(word));
    const body = words[at + 1];
    if (at < 0 || at > 1 || body === undefined || line.trimStart().startsWith('#')) continue;
    const parsed = utils.parseKey(`${words[at]} ${body}`);
    if (parsed instanceof Error) continue;
    const key = Array.isArray(parsed) ? parsed[0] : parsed;
    if (key) found.push({ blob: key.getPublicSSH(), key });
  }
  return found;
}

/** Splits at blanks outside double quotes, as sshd does for options such as `command="a b"`. */
function splitWords(line: string): string[] {
  return line.match(/(?:[^\s"]|"(?:\\.|[^"\\])*")+/g) ?? [];
}
