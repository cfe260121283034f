import type { PresentSecret } from '../model/secrets.js';
import type { EnvironmentSpec, SecretInfo } from '../model/spec.js';
import { fingerprint } from './fingerprint.js';

/** Secrets by name, each as the fingerprint of its value. */
export type SecretFingerprints = Readonly<Record<string, string>>;

/** What was done to a secret apart from a deploy. */
export interface KeptSecret {
  /** Of its value; `null` = it was removed. */
  fingerprint: string | null;
  /** When, ISO 8601. */
  at: string;
}

/** The secrets of an environment whose provider keeps what is set apart from a deploy beside what runs. */
export interface SecretsThere {
  /** What the thing that runs, or sleeps, was made with: nobody else has any. */
  inside: SecretFingerprints;
  /** By name: what was set and removed apart from a deploy. Where it says something else than `inside`, it waits. */
  kept: Readonly<Record<string, KeptSecret>>;
  /** When the thing was made, ISO 8601: it got those of the config then. Absent or `null` = nobody knows. */
  since?: string | null;
}

/** What is to be kept from now on, beside what stays as it is. */
export interface SecretsUpdate {
  /** By name: the fingerprint of a value that `apply` is given, `null` for one that is removed. */
  set: Readonly<Record<string, string | null>>;
  /** Names of which nothing is kept any more: the config says what they are. */
  forget: readonly string[];
}

/** What was said last of a secret: the fingerprint of its value, `null` for one that is not set. */
export function lastMark({ inside, kept }: SecretsThere, name: string): string | null {
  return (kept[name] ?? { fingerprint: inside[name] ?? null }).fingerprint;
}

/** What is inside once everything that is kept has been brought there. */
export function withKept({ inside, kept }: SecretsThere): SecretFingerprints {
  const all = {
    ...inside,
    ...Object.fromEntries(Object.entries(kept).map(([name, { fingerprint: mark }]) => [name, mark])),
  };
  return sorted(Object.entries(all).flatMap(([name, mark]) => (mark === null ? [] : [[name, mark]])));
}

/** The names of what is kept and not inside, or removed and still inside. Sorted. */
export function waitingSecrets({ inside, kept }: SecretsThere): string[] {
  return Object.keys(kept)
    .filter((name) => (kept[name]?.fingerprint ?? null) !== (inside[name] ?? null))
    .sort();
}

/** What is kept after `update`. A removal that is through is forgotten. */
export function keptAfter(
  { inside, kept }: SecretsThere,
  { set, forget }: SecretsUpdate,
  at: string,
): SecretsThere['kept'] {
  const added = Object.entries(set).map(([name, mark]): [string, KeptSecret] => [name, { fingerprint: mark, at }]);
  const stays = Object.entries(kept).filter(
    ([name, { fingerprint: mark }]) => !forget.includes(name) && (mark !== null || inside[name] !== undefined),
  );
  return sorted([...stays, ...added]);
}

/** What a deploy wants inside. */
export interface DeployedSecrets {
  /** Where nothing else has to be made anew: what waits goes on waiting. */
  quiet: SecretFingerprints;
  /** What a thing that is made anew gets: also what waits. */
  anew: SecretFingerprints;
  /** Names of which something is kept, and which the config sets now: that counts. */
  overridden: string[];
}

/**
 * What a deploy wants: the values of the config, what is kept of others, and what is inside of those that the config names and for which
 * this computer has no value.
 */
export function deployedSecrets(
  { spec, secrets }: { spec: Pick<EnvironmentSpec, 'secrets'>; secrets: readonly SecretInfo[] },
  { inside, kept }: SecretsThere,
): DeployedSecrets {
  const found = secrets.map(({ name, fingerprint: mark }): [string, string] => [name, mark]);
  const set = new Set(secrets.map(({ name }) => name));
  const others = [...spec.secrets.map(({ name }) => name), ...Object.keys(kept)].filter((name) => !set.has(name));
  const stay = others.flatMap((name): [string, string][] => (inside[name] === undefined ? [] : [[name, inside[name]]]));
  const quiet = sorted([...stay, ...found]);
  const rest = Object.fromEntries(Object.entries(kept).filter(([name]) => !set.has(name)));
  return {
    quiet,
    anew: withKept({ inside: quiet, kept: rest }),
    overridden: Object.keys(kept)
      .filter((name) => set.has(name))
      .sort(),
  };
}

/** The list of the capability `secrets`; `local` has what this computer would set. */
export function describeSecrets(secrets: SecretsThere, local: readonly SecretInfo[]): PresentSecret[] {
  const { inside, kept, since = null } = secrets;
  const names = [...new Set([...Object.keys(inside), ...Object.keys(kept)])].sort();
  return names.flatMap((name): PresentSecret[] => {
    const there = inside[name] ?? null;
    const mark = lastMark(secrets, name);
    const here = local.find((secret) => secret.name === name);
    const compared = here && { local: here.fingerprint === mark ? ('same' as const) : ('differs' as const) };
    // A removal that is through.
    if (mark === null && there === null) return [];
    if (mark === null) return [{ name, digest: null, updatedAt: null, state: 'removed', ...compared }];
    const digest = fingerprint([name, mark]).slice(0, DIGEST_LENGTH);
    return [
      { name, digest, updatedAt: kept[name]?.at ?? since, state: mark === there ? 'live' : 'staged', ...compared },
    ];
  });
}

/** 64 bits tell two values of one secret apart. */
const DIGEST_LENGTH = 16;

function sorted<Value>(pairs: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries([...new Map(pairs)].sort(([a], [b]) => (a < b ? -1 : 1)));
}
