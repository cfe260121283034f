import type { SecretBundle } from '../model/spec.js';
import type { SecretFingerprints, SecretsThere, SecretsUpdate } from '../plan/kept-secrets.js';

/** Values of secrets by name. */
export type SecretValues = ReadonlyMap<string, string>;

/**
 * The values to be kept once `update` is made: those that are given, and of the others what is kept now. `null` when one of them cannot be had,
 * because somebody else has changed what is kept.
 */
export function keptValues(
  kept: SecretsThere['kept'],
  update: SecretsUpdate,
  given: SecretBundle,
  former: SecretValues,
): SecretValues | null {
  const names = Object.keys(kept).filter((name) => kept[name]?.fingerprint !== null);
  return complete(
    names.map((name) => [name, Object.hasOwn(update.set, name) ? given.reveal(name) : former.get(name)] as const),
  );
}

/** Where values are had that nobody gives. Each is asked only when it is needed. */
export interface ValueSources {
  /** What is kept now, and the way to its values. */
  kept(): Promise<{ kept: SecretsThere['kept']; read(): Promise<SecretValues> }>;
  /** What the thing has that is made anew. */
  former(): Promise<SecretValues>;
}

/**
 * The values of `wanted`: from who gives them, from where they are kept with this fingerprint, else from the thing that is made anew. `null` when
 * one of them cannot be had.
 */
export async function gatherValues(
  wanted: SecretFingerprints,
  given: SecretBundle,
  sources: ValueSources,
): Promise<SecretValues | null> {
  const names = Object.keys(wanted);
  const known = new Map(given.entries.map(({ name }) => [name, given.reveal(name)]));
  const missing = names.filter((name) => !known.has(name));
  if (missing.length > 0) {
    const { kept, read } = await sources.kept();
    const isKept = (name: string): boolean => kept[name]?.fingerprint === wanted[name];
    const [there, before] = [
      missing.some(isKept) ? await read() : NONE,
      missing.every(isKept) ? NONE : await sources.former(),
    ];
    for (const name of missing) {
      const value = (isKept(name) ? there : before).get(name);
      if (value !== undefined) known.set(name, value);
    }
  }
  return complete(names.map((name) => [name, known.get(name)] as const));
}

const NONE: SecretValues = new Map();

function complete(pairs: (readonly [string, string | undefined])[]): SecretValues | null {
  return pairs.some(([, value]) => value === undefined) ? null : new Map(pairs as [string, string][]);
}
