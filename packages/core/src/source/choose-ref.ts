import { compare, type SemVer } from 'semver';
import { readVersion } from '../image/version-range.js';
import type { GitRefs } from '../model/source.js';
import { nearest } from '../nearest.js';
import { sindriSource } from './sindri-source.js';

/** What a git ref of a config leads to. */
export type ChosenRef =
  | { kind: 'found'; ref: string | null; commit: string }
  /** All that is known is the commit: somebody has to ask whether it is there. */
  | { kind: 'commit'; commit: string }
  | { kind: 'ambiguous'; refs: string[] }
  | { kind: 'missing'; problem: string; hint: string };

/**
 * Chooses as `git ls-remote` would list: the ref of that name, be it a branch or a tag, in full or in short; else a commit by all its digits.
 * Nothing stands in for a ref that is not there. Pure.
 */
export function chooseRef({ refs }: Pick<GitRefs, 'refs'>, gitRef: string | null): ChosenRef {
  if (gitRef === null) return newestRelease(refs);
  const isCommit = /^[0-9a-f]{40}$/i.test(gitRef);
  const names = [gitRef, `refs/${gitRef}`, `refs/heads/${gitRef}`, `refs/tags/${gitRef}`];
  const found = names.filter((name) => Object.hasOwn(refs, name)).map((ref) => ({ ref, commit: refs[ref] as string }));
  if (isCommit && found.length > 0) found.push({ ref: gitRef, commit: gitRef.toLowerCase() });
  const [first] = found;
  if (first !== undefined) {
    // Two names for one commit leave nothing open.
    const isClear = found.every(({ commit }) => commit === first.commit);
    return isClear ? { kind: 'found', ...first } : { kind: 'ambiguous', refs: found.map(({ ref }) => ref) };
  }
  if (!isCommit) return missing(refs, gitRef);
  const commit = gitRef.toLowerCase();
  return Object.values(refs).includes(commit) ? { kind: 'found', ref: null, commit } : { kind: 'commit', commit };
}

function newestRelease(refs: GitRefs['refs']): ChosenRef {
  const releases = Object.entries(refs)
    .flatMap(([ref, commit]): { ref: string; commit: string; version: SemVer }[] => {
      const version = ref.startsWith('refs/tags/') ? readVersion(ref.slice('refs/tags/'.length)) : null;
      const isRelease = version !== null && version.prerelease.length === 0 && version.major === sindriSource.major;
      return isRelease ? [{ ref, commit, version }] : [];
    })
    .sort((a, b) => compare(b.version, a.version));
  const [newest] = releases;
  if (newest !== undefined) return { kind: 'found', ref: newest.ref, commit: newest.commit };
  return {
    kind: 'missing',
    problem: `has no release: no tag like v${sindriSource.major}.1.3`,
    hint: 'Say what to build: `gitRef: main`.',
  };
}

function missing(refs: GitRefs['refs'], gitRef: string): ChosenRef {
  const near = nearest(gitRef, Object.keys(refs).map(shortName));
  const hints = [
    ...(near === undefined ? [] : [`Did you mean ${near}?`]),
    ...(/^[0-9a-f]{7,39}$/i.test(gitRef) ? ['A commit is named by all of its 40 digits.'] : []),
  ];
  return {
    kind: 'missing',
    problem: `has no branch and no tag ${gitRef}`,
    hint:
      hints.length === 0 ? 'Check `gitRef`: it may be a branch, a tag, or all 40 digits of a commit.' : hints.join(' '),
  };
}

/** `refs/heads/main` as people say it. */
export function shortName(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, '');
}

/**
 * The tag of the image that is built from a commit: `sindri-<version>-<gitsha>`, with the distribution behind it where that is not ubuntu.
 * A ref may have characters that a tag may not.
 */
export function imageTagOf(
  { ref, commit }: { ref: string | null; commit: string },
  distro: 'ubuntu' | 'fedora' | 'opensuse' | undefined,
): string {
  const name = ref === null ? 'commit' : shortName(ref).replace(/^v(?=\d)/, '');
  const clean = name
    .replace(/[^A-Za-z0-9_.]+/g, '-')
    .slice(0, 64)
    .replace(/^[-.]+|[-.]+$/g, '');
  const suffix = distro === undefined || distro === 'ubuntu' ? '' : `-${distro}`;
  return `sindri-${clean === '' ? 'source' : clean}-${commit.slice(0, 12)}${suffix}`;
}
