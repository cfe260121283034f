import { rcompare, type SemVer } from 'semver';
import type { EnvironmentSpec, ImageRequest } from '../model/spec.js';
import { readRange, readVersion } from './version-range.js';

export type Distro = NonNullable<EnvironmentSpec['distro']>;

/** What is to be chosen from. */
export interface TagChoiceRequest {
  /** All tags of the repository. */
  tags: readonly string[];
  request: Pick<ImageRequest, 'version' | 'strategy' | 'allowPrerelease'>;
  distro: Distro | undefined;
  /** For `pin-to-cli`: the version of the tool, `null` when the host does not tell. */
  toolVersion: string | null;
}

/** The tag that fits, or why none does and which nearly do. */
export type TagChoice = { tag: string; version: string } | { problem: string; hint: string; nearest: string[] };

interface Candidate {
  tag: string;
  version: SemVer;
  distro: Distro | null;
}

const DISTROS: readonly Distro[] = ['ubuntu', 'fedora', 'opensuse'];
const SHOWN = 5;

/**
 * The tag for a request. Only tags with a full version count: one that moves says nothing of what it leads to. A tag `3.1.3-fedora` is the
 * version 3.1.3 for Fedora, not a prerelease; the plain tags are Ubuntu. Pure.
 */
export function chooseTag({ tags, request, distro = 'ubuntu', toolVersion }: TagChoiceRequest): TagChoice {
  const candidates = tags.flatMap((tag) => readCandidate(tag) ?? []).sort(byVersion);
  const own = candidates.filter((one) => one.distro === distro || (distro === 'ubuntu' && one.distro === null));
  const wanted = wantedBy(request, toolVersion);
  if (typeof wanted === 'string') return { problem: wanted, hint: USE_ANOTHER, nearest: newest(own) };

  const found = own.find(({ version }) => wanted.fits(version, request.allowPrerelease));
  if (found !== undefined) return { tag: found.tag, version: found.version.version };
  return { ...noMatch(wanted, own, candidates, distro), nearest: newest(own) };
}

interface Wanted {
  text: string;
  fits(version: SemVer, prereleases: boolean): boolean;
}

const USE_ANOTHER = 'Use a version range with the strategy semver, or name a tag with `tag_override`.';

function wantedBy({ version, strategy }: TagChoiceRequest['request'], toolVersion: string | null): Wanted | string {
  if (strategy === 'pin-to-cli') {
    if (toolVersion === null)
      return 'The strategy pin-to-cli needs the version of the tool, and this one has told none.';
    return { text: toolVersion, fits: (candidate) => candidate.version === toolVersion };
  }
  const range = readRange(version ?? '*');
  if (range === null) return `"${version ?? ''}" is no version range.`;
  const mayBePrerelease = strategy !== 'latest-stable';
  return {
    text: version ?? 'the newest stable version',
    fits: (candidate, allowed) => range.includes(candidate, { prereleases: allowed && mayBePrerelease }),
  };
}

function noMatch(
  wanted: Wanted,
  own: readonly Candidate[],
  all: readonly Candidate[],
  distro: Distro,
): { problem: string; hint: string } {
  const prerelease = own.find(({ version }) => wanted.fits(version, true));
  if (prerelease !== undefined) {
    return {
      problem: `Only prereleases fit ${wanted.text}, such as ${prerelease.tag}.`,
      hint: 'Set `allow_prerelease: true` if you want one (not with the strategy latest-stable), or use another range.',
    };
  }
  const elsewhere = all.find(({ version }) => wanted.fits(version, false));
  if (elsewhere !== undefined) {
    return {
      problem: `No tag for ${distro} fits ${wanted.text}; ${elsewhere.tag} would, and is another distribution's.`,
      hint: 'Change `deployment.distro`, or name a tag with `tag_override`.',
    };
  }
  const [first, ...more] = newest(own);
  return {
    problem: `No tag fits ${wanted.text}.`,
    hint:
      first === undefined
        ? 'The repository has no tag with a full version; name one of its tags with `tag_override`.'
        : `The newest are ${[first, ...more].join(', ')}. ${USE_ANOTHER}`,
  };
}

/** The plainest tag of each of the highest versions. */
function newest(candidates: readonly Candidate[]): string[] {
  const versions = new Map<string, string>();
  for (const { tag, version } of candidates) if (!versions.has(version.version)) versions.set(version.version, tag);
  return [...versions.values()].slice(0, SHOWN);
}

function readCandidate(tag: string): Candidate | null {
  const distro = DISTROS.find((name) => tag.endsWith(`-${name}`)) ?? null;
  const version = readVersion(distro === null ? tag : tag.slice(0, -distro.length - 1));
  return version === null ? null : { tag, version, distro };
}

/** Highest first; of two tags for one version the plainer one. */
function byVersion(a: Candidate, b: Candidate): number {
  return rcompare(a.version, b.version) || a.tag.length - b.tag.length || (a.tag < b.tag ? -1 : 1);
}
