import { Range, parse, valid, type SemVer } from 'semver';

/** A version range as `image_config.version` has it. */
export interface VersionRange {
  /** The one version that it names, `null` for a range of several. */
  exact: string | null;
  includes(version: SemVer, options: { prereleases: boolean }): boolean;
}

/**
 * Reads a range by npm's rules: `^3.0.0`, `~3.1`, `>=3.0 <4`, `3.x || 4.x`, and a bare `3.0.0` is that version. Comparators may also be
 * joined by commas, as Cargo has it. `null` for what is no range.
 */
export function readRange(text: string): VersionRange | null {
  const spelt = text.replaceAll(',', ' ').trim();
  let stable: Range;
  let all: Range;
  try {
    stable = new Range(spelt);
    all = new Range(spelt, { includePrerelease: true });
  } catch {
    return null;
  }
  const exact = valid(spelt.replace(/^=\s*/, ''));
  return {
    exact,
    includes(version, { prereleases }) {
      // Whoever names a prerelease in full wants it; a range of several gets one only when that is allowed.
      if (exact !== null) return version.compare(exact) === 0;
      if (prereleases) return all.test(version);
      return version.prerelease.length === 0 && stable.test(version);
    },
  };
}

/** The version in a tag: `3.1.3`, `v3.1.3`. `null` for a tag that has none in full, such as `3.1` or `latest`. */
export function readVersion(text: string): SemVer | null {
  return parse(text.replace(/^v(?=\d)/, ''));
}
