import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { SindriError } from '@sindri/core';
import { assertAlias, formatKnownHosts, parseKnownHosts } from './known-hosts.js';
import { fingerprint, parseAuthorizedKeys, publicKeyBlob, publicKeyFromBlob, publicKeyType } from './public-keys.js';
import { pathSegment, replaceFile, sshStateDir } from './state-files.js';
import { sshError } from './ssh-error.js';

/** Host keys that were learnt over a trusted way, kept between runs under an alias. */
export interface HostKeyStore {
  /** The pinned keys (`type base64`), or `null` when nothing is pinned. */
  get(alias: string): Promise<string[] | null>;
  /** Pins exactly these keys. Rejects when there is no key among them: an empty pin would admit nobody for ever. */
  set(alias: string, keys: readonly string[]): Promise<void>;
  delete(alias: string): Promise<void>;
  /** Path of the file in known_hosts format that holds this alias; it exists once {@link HostKeyStore.set} was called. */
  knownHostsFile(alias: string): string;
}

/** The store in `<stateDir>/ssh/known_hosts/`, one file per alias. Methods throw `SSH_ALIAS_INVALID` for unusable names. */
export function hostKeyStore(stateDir: string): HostKeyStore {
  const fileOf = (alias: string) => {
    assertAlias(alias);
    return path.join(sshStateDir(stateDir), 'known_hosts', pathSegment(alias));
  };
  return {
    async get(alias) {
      const file = fileOf(alias);
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
      const keys = parseKnownHosts(text, alias);
      return keys.length === 0 ? null : keys;
    },
    async set(alias, keys) {
      const text = formatKnownHosts(alias, keys);
      if (text === '') {
        throw sshError({
          code: 'SSH_HOST_KEY_MISMATCH',
          kind: 'policy',
          message: `There is no host key to pin for ${alias}.`,
        });
      }
      await replaceFile(fileOf(alias), text, 0o600);
    },
    async delete(alias) {
      await rm(fileOf(alias), { force: true });
    },
    knownHostsFile: fileOf,
  };
}

/** Judges the key that a server shows. `null` when it is pinned, else the error to end the connection with. */
export function judgeHostKey(shown: Buffer, pinned: readonly string[], where: string): SindriError | null {
  if (pinned.some((key) => publicKeyBlob(key).equals(shown))) return null;
  const shownKey = publicKeyFromBlob(shown);
  const type = shownKey === null ? 'unknown type' : publicKeyType(shownKey);
  const expected = pinned.map((key) => `${fingerprint(key)} (${publicKeyType(key)})`);
  return sshError({
    code: 'SSH_HOST_KEY_MISMATCH',
    kind: 'policy',
    message: `The server at ${where} shows the host key ${fingerprint(shown)} (${type}), but ${expected.join(' or ')} is pinned.`,
    hint:
      'Somebody may be standing in between, or the environment got new host keys. Do not connect over a network you do not trust; ' +
      'if the change is expected, deploy again: that reads the host keys anew through the provider.',
    details: { shown: fingerprint(shown), pinned: pinned.map((key) => fingerprint(key)) },
  });
}

/** The usable pins among `keys`. Throws `SSH_HOST_KEY_MISMATCH` when none is left: an unknown server is not trusted. */
export function requirePins(keys: readonly string[], where: string): string[] {
  const pins = parseAuthorizedKeys(keys.join('\n'));
  if (pins.length > 0) return pins;
  throw sshError({
    code: 'SSH_HOST_KEY_MISMATCH',
    kind: 'policy',
    message: `No host key is known for ${where}, so its identity cannot be checked.`,
    hint: 'Deploy or start the environment again: that reads the host keys through the provider and pins them.',
    details: { shown: null, pinned: [] },
  });
}
