import type { SecretInfo } from '@sindri/core';
import { metadataKeys, type SecretsData } from '../../model.js';
import { digestMarks, mergeMarks, oldSecretsDigest, oldSecretsHash, readMarks, valueMarks } from './secrets-hash.js';

type Metadata = Readonly<Record<string, string>>;
type Entry = Pick<SecretInfo, 'name' | 'fingerprint'>;
type Item = Pick<SecretsData['items'][number], 'name' | 'digest'>;

/** The names of the secrets that the last deploy answered for. */
export function recordedNames(metadata: Metadata): string[] {
  return (metadata[metadataKeys.secretNames] ?? '').split(',').filter((name) => name !== '');
}

/** The names that the next deploy answers for, once some were set and removed apart from one. As it is noted. */
export function namesAfter(
  recorded: readonly string[],
  { set, unset, declared }: { set: readonly string[]; unset: readonly string[]; declared: readonly string[] },
): string {
  const stay = recorded.filter((name) => !unset.includes(name));
  return [...new Set([...stay, ...set.filter((name) => declared.includes(name))])].sort().join(',');
}

/** What there is to compare. */
export interface RecordQuestion {
  /** Secrets of the config that have a value on this computer. */
  entries: readonly Entry[];
  /** Secrets of the config that have none here. */
  absent: readonly string[];
  /** The secrets of the app now. */
  items: readonly Item[];
}

/**
 * Whether a secret must be set anew: `never-set` when nothing is noted, `changed` when the value here is another one or a new one,
 * `elsewhere` when somebody has set it without Sindri. `null` = none. A secret without a value here is never a reason.
 */
export function compareWithRecord(
  metadata: Metadata,
  { entries, absent, items }: RecordQuestion,
): 'never-set' | 'changed' | 'elsewhere' | null {
  if (entries.length === 0) return null;
  const hash = metadata[metadataKeys.secretsHash];
  const digest = metadata[metadataKeys.secretsDigest];
  if (hash === undefined) return 'never-set';
  const values = readMarks(hash);
  const names = entries.map(({ name }) => name);
  if (values !== null) {
    const noted = digest === undefined ? null : readMarks(digest);
    if ([...valueMarks(entries)].some(([name, mark]) => values.get(name) !== mark)) return 'changed';
    const isElsewhere = [...digestMarks(items, names)].some(([name, mark]) => (noted?.get(name) ?? mark) !== mark);
    return isElsewhere ? 'elsewhere' : null;
  }
  // One hash of all of them: it can be compared only where all of them are.
  const recorded = recordedNames(metadata);
  if (absent.some((name) => recorded.includes(name)))
    return names.every((name) => recorded.includes(name)) ? null : 'changed';
  if (hash !== oldSecretsHash(entries)) return 'changed';
  return digest !== undefined && digest !== oldSecretsDigest(items, names) ? 'elsewhere' : null;
}

/** What is noted once secrets were set: their marks, and those of before for secrets that were left as they are. */
export function noteSecrets(
  metadata: Metadata,
  question: {
    /** The names that were set from the config. */
    set: readonly string[];
    /** All names in the config. */
    declared: readonly string[];
    entries: readonly Entry[];
    /** The secrets of the app afterwards. */
    items: readonly Item[];
  },
): { hash: string; digest: string } {
  const { set, declared, entries, items } = question;
  // Those that are on the app beside the config, too: somebody has set them with Sindri.
  const there = items.map(({ name }) => name);
  const kept = [...new Set([...declared, ...there])].filter((name) => !set.includes(name));
  const fresh = entries.filter(({ name }) => set.includes(name));
  return {
    hash: mergeMarks(metadata[metadataKeys.secretsHash] ?? '', valueMarks(fresh), kept),
    digest: mergeMarks(metadata[metadataKeys.secretsDigest] ?? '', digestMarks(items, set), kept),
  };
}
