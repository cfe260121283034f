import { fingerprint, type SecretInfo } from '@sindri/core';

/** One short mark per secret, by name: equal marks are equal values. */
export type SecretMarks = ReadonlyMap<string, string>;

/**
 * What is noted of the values of secrets, one mark for each, so that whoever lacks one of them can still tell whether the others have
 * changed: `NAME:mark,NAME:mark`, sorted. The keys of an AUTHORIZED_KEYS that is not in the config are no part of it. Stored as
 * `sindri_secrets_hash`.
 */
export function secretsHash(entries: readonly Pick<SecretInfo, 'name' | 'fingerprint'>[]): string {
  return formatMarks(valueMarks(entries));
}

/**
 * What is noted of the platform's own digests of secrets, in the same form: a mark changes when anybody sets its secret anew. Pass the
 * names that the deploy set from the config; without `names` all items count. Stored as `sindri_secrets_digest`.
 */
export function secretsDigest(
  items: readonly { name: string; digest: string }[],
  names: readonly string[] = items.map(({ name }) => name),
): string {
  return formatMarks(digestMarks(items, names));
}

export function valueMarks(entries: readonly Pick<SecretInfo, 'name' | 'fingerprint'>[]): SecretMarks {
  return new Map(entries.map(({ name, fingerprint: value }) => [name, shortMark(name, value)]));
}

export function digestMarks(
  items: readonly { name: string; digest: string }[],
  names: readonly string[] = items.map(({ name }) => name),
): SecretMarks {
  const wanted = new Set(names);
  return new Map(
    items.flatMap(({ name, digest }) => (wanted.has(name) ? [[name, shortMark(name, digest)] as const] : [])),
  );
}

/** `null` for what an earlier version has written: one hash of everything, from which no single secret can be told. */
export function readMarks(noted: string): SecretMarks | null {
  const pairs = noted.split(',').filter((pair) => pair !== '');
  if (!pairs.every((pair) => pair.includes(':'))) return null;
  return new Map(pairs.map((pair) => pair.split(':', 2) as [string, string]));
}

/** The marks of `fresh`, and those of `noted` for the secrets of `kept`. */
export function mergeMarks(noted: string, fresh: SecretMarks, kept: readonly string[]): string {
  const before = readMarks(noted) ?? new Map<string, string>();
  const stay = kept.flatMap((name) => {
    const mark = before.get(name);
    return mark === undefined ? [] : [[name, mark] as const];
  });
  return formatMarks(new Map([...stay, ...fresh]));
}

/** What an earlier version wrote instead of {@link secretsHash}. */
export function oldSecretsHash(entries: readonly Pick<SecretInfo, 'name' | 'fingerprint'>[]): string {
  return oldHash(entries.map(({ name, fingerprint: value }) => [name, value]));
}

/** What an earlier version wrote instead of {@link secretsDigest}. */
export function oldSecretsDigest(items: readonly { name: string; digest: string }[], names: readonly string[]): string {
  return oldHash(items.filter(({ name }) => names.includes(name)).map(({ name, digest }) => [name, digest]));
}

function oldHash(pairs: string[][]): string {
  return fingerprint(pairs.sort(byName)).slice(0, 32);
}

/** Metadata is small: 64 bits tell two values of one secret apart. */
function shortMark(name: string, value: string): string {
  return fingerprint([name, value]).slice(0, 16);
}

function formatMarks(marks: SecretMarks): string {
  return [...marks]
    .map(([name, mark]) => [name, mark])
    .sort(byName)
    .map((pair) => pair.join(':'))
    .join(',');
}

function byName(a: string[], b: string[]): number {
  const [left = '', right = ''] = [a[0], b[0]];
  return left < right ? -1 : left > right ? 1 : 0;
}
