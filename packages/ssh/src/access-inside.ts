import type { AdmittedKey, ExecResult } from '@sindri/core';
import { fingerprint, parseAuthorizedKeys, publicKeysMatch, readPublicKeys, type PublicKey } from './public-keys.js';

/** Scripts for `sh -c`, run inside: those of `@sindri/image-contract`. */
export interface AccessScripts {
  readonly readKeys: string;
  readonly admitKey: string;
  readonly removeKey: string;
  readonly readHostKeys: string;
}

/** The keys of an environment, by way of commands that its platform runs inside. */
export interface AccessInside {
  /** Empty when the image has none, or none yet. */
  hostKeys(): Promise<string[]>;
  /** The keys that are admitted now; `null` when nobody can tell. */
  keys(): Promise<PublicKey[] | null>;
  /** From now on. Safe to repeat. Resolves with what stood in the way, `null` when it is done. */
  admit(key: PublicKey): Promise<string | null>;
  /** From now on; whoever is logged in stays so. Resolves as `admit`. */
  remove(publicKey: string): Promise<string | null>;
}

/** A platform that runs commands inside needs no SSH to know and to change who may log in. Keys are arguments, and no part of a script. */
export function accessInside(
  run: (command: string[]) => Promise<Pick<ExecResult, 'exitCode' | 'stdout' | 'stderr'>>,
  scripts: AccessScripts,
): AccessInside {
  const script = (text: string, ...args: string[]) => run(['sh', '-c', text, 'sindri', ...args]);
  const change = async (...all: [string, ...string[]]): Promise<string | null> => {
    const { exitCode, stderr } = await script(...all);
    return exitCode === 0 ? null : stderr.trim().split('\n')[0] || `it ended with ${exitCode}`;
  };
  const base64Of = (publicKey: string): string => publicKey.split(' ')[1] ?? '';
  return {
    async hostKeys() {
      const { exitCode, stdout } = await script(scripts.readHostKeys);
      return exitCode === 0 ? parseAuthorizedKeys(stdout) : [];
    },
    async keys() {
      const { exitCode, stdout } = await script(scripts.readKeys);
      return exitCode === 0 ? readPublicKeys(stdout).keys : null;
    },
    admit: ({ publicKey, comment }) =>
      change(scripts.admitKey, base64Of(publicKey), `${publicKey} ${comment}`.trimEnd()),
    remove: (publicKey) => change(scripts.removeKey, base64Of(publicKey)),
  };
}

/** The list of `keys` from the keys that are admitted now, and those that will be at the next start. */
export function toAdmittedKeys(
  now: readonly PublicKey[],
  lasting: readonly PublicKey[],
  isFromConfig: (key: PublicKey) => boolean,
): AdmittedKey[] {
  const has = (keys: readonly PublicKey[], { publicKey }: PublicKey): boolean =>
    keys.some((key) => publicKeysMatch(key.publicKey, publicKey));
  const added = now.filter((key) => !has(lasting, key));
  return [...lasting, ...added].map((key) => ({
    fingerprint: fingerprint(key.publicKey),
    type: key.publicKey.split(' ')[0] ?? '',
    comment: key.comment,
    where: [...(has(now, key) ? (['now'] as const) : []), ...(has(lasting, key) ? (['next-start'] as const) : [])],
    fromConfig: isFromConfig(key),
  }));
}
