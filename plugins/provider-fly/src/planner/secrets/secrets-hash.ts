import { fingerprint, type SecretInfo } from '@sindri/core';

/**
 * One value for all secrets that a deploy sets: equal when names and values are equal, whoever deploys. The keys of an
 * AUTHORIZED_KEYS that is not in the config are no part of it. Stored as `sindri_secrets_hash`.
 */
export function secretsHash(entries: readonly Pick<SecretInfo, 'name' | 'fingerprint'>[]): string {
  return short(entries.map(({ name, fingerprint: value }) => [name, value]).sort(byName));
}

/**
 * One value for the platform's own digests of secrets: it changes when anybody sets one of them anew. Pass the names that the
 * deploy set from the config; without `names` all items count. Stored as `sindri_secrets_digest`.
 */
export function secretsDigest(
  items: readonly { name: string; digest: string }[],
  names: readonly string[] = items.map(({ name }) => name),
): string {
  const wanted = new Set(names);
  return short(
    items
      .filter(({ name }) => wanted.has(name))
      .map(({ name, digest }) => [name, digest])
      .sort(byName),
  );
}

function short(value: unknown): string {
  return fingerprint(value).slice(0, 32);
}

function byName(a: string[], b: string[]): number {
  const [left = '', right = ''] = [a[0], b[0]];
  return left < right ? -1 : left > right ? 1 : 0;
}
