import type { EnvironmentSpec, ImageRequest } from '@sindri/core';

/** The published tag that stands for a version request, `null` when there is none. */
export function tagForRequest(request: ImageRequest, distro?: EnvironmentSpec['distro']): string | null {
  if (request.version !== null && request.strategy === 'explicit') return request.version.trim();
  const tag = request.version === null ? 'latest' : tagForRange(request.version);
  return tag === null ? null : `${tag}${distroSuffix(distro)}`;
}

/** Every version is published for each distribution; the plain tags are ubuntu. */
export function distroSuffix(distro: EnvironmentSpec['distro']): string {
  return distro === undefined || distro === 'ubuntu' ? '' : `-${distro}`;
}

/**
 * The floating tag whose image is always inside a version range: `3` for `^3.1.0`, `3.1` for `~3.1.2`, an exact version for
 * itself, `latest` for any. The image is published under its full version, its minor and its major. `null` for ranges with
 * another shape: no tag moves within them.
 */
export function tagForRange(range: string): string | null {
  const text = range.trim().replace(/\s*,\s*/g, ' ');
  if (text === '' || text === '*' || text.toLowerCase() === 'x') return 'latest';
  const bounded = /^>=\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-[\w.-]+)?\s+<\s*v?(\d+)(?:\.(\d+))?(?:\.0)?(?:-0)?$/.exec(
    text,
  );
  if (bounded !== null) return tagForBounds(bounded.slice(1).map((part) => (part === undefined ? null : Number(part))));
  const single = /^(\^|~>?|=)?\s*v?(\d+)(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(-[\w.-]+)?$/.exec(text);
  if (single === null) return null;
  const [, operator = '', major = '', minor, patch, prerelease = ''] = single;
  const minorIsOpen = minor === undefined || !/^\d+$/.test(minor);
  const patchIsOpen = patch === undefined || !/^\d+$/.test(patch);
  if (operator === '^') {
    // Below 1.0 a caret stays within the minor version.
    if (major !== '0' || minorIsOpen) return major;
    return minor === '0' && !patchIsOpen ? `0.0.${patch}` : `0.${minor}`;
  }
  if (minorIsOpen) return major;
  if (operator.startsWith('~') || patchIsOpen) return `${major}.${minor}`;
  return `${major}.${minor}.${patch}${prerelease}`;
}

/** `>=3.1.0 <4` is all of 3 that is new enough; `>=3.1.0 <3.2.0` all of 3.1. */
function tagForBounds([fromMajor, fromMinor, , toMajor, toMinor]: (number | null)[]): string | null {
  if (toMajor === (fromMajor ?? 0) + 1 && (toMinor ?? 0) === 0) return String(fromMajor);
  if (toMajor === fromMajor && fromMinor !== null && toMinor === (fromMinor ?? 0) + 1)
    return `${fromMajor}.${fromMinor}`;
  return null;
}
