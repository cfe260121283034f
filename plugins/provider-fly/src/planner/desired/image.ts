import type { EnvironmentSpec, ImageRequest } from '@sindri/core';

/** What is deployed when the config names no image: the official one, newest stable 3.x. */
const defaultImage = 'ghcr.io/pacphi/sindri:3';

/** The image a machine gets, and how it was chosen. */
export interface ImageChoice {
  /** Empty when the config asks for a version that no tag stands for; validation has refused it then. */
  reference: string;
  origin: 'config' | 'version' | 'default';
  /** Only with `origin: 'version'`. */
  request: ImageRequest | null;
}

/** The image for `spec`. Version ranges become the floating tag that covers them; nothing is asked of a registry here. */
export function resolveImage(spec: EnvironmentSpec): ImageChoice {
  const reference = spec.image?.reference ?? null;
  if (reference !== null) return { reference, origin: 'config', request: null };
  const request = spec.image?.request ?? null;
  if (request === null) {
    return { reference: `${defaultImage}${distroSuffix(spec.distro)}`, origin: 'default', request: null };
  }
  const tag = tagForRequest(request, spec.distro);
  return { reference: tag === null ? '' : `${request.registry}:${tag}`, origin: 'version', request };
}

/** The published tag that stands for a version request, `null` when there is none. */
export function tagForRequest(request: ImageRequest, distro?: EnvironmentSpec['distro']): string | null {
  if (request.version !== null && request.strategy === 'explicit') return request.version.trim();
  const tag = request.version === null ? 'latest' : tagForRange(request.version);
  return tag === null ? null : `${tag}${distroSuffix(distro)}`;
}

/** Every version is published for each distribution; the plain tags are ubuntu. */
function distroSuffix(distro: EnvironmentSpec['distro']): string {
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

interface ReferenceParts {
  repository: string;
  tag: string | null;
  digest: string | null;
}

/** Docker's short forms written out: `nginx` is `docker.io/library/nginx`, no tag and no digest is `latest`. */
function parseReference(reference: string): ReferenceParts {
  const [name = '', digest = null] = reference.split('@') as [string?, string?];
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  const repository = hasTag ? name.slice(0, colon) : name;
  const tag = hasTag ? name.slice(colon + 1) : digest === null ? 'latest' : null;
  return { repository: normaliseRepository(repository), tag, digest };
}

function normaliseRepository(repository: string): string {
  const [host = ''] = repository.split('/');
  const isHost = repository.includes('/') && (/[.:]/.test(host) || host === 'localhost');
  const full = isHost
    ? repository
    : repository.includes('/')
      ? `docker.io/${repository}`
      : `docker.io/library/${repository}`;
  return full.replace(/^(?:registry-1|index)\.docker\.io\//, 'docker.io/');
}

/** What the platform says it resolved an image to. */
export interface ResolvedImage {
  registry: string;
  repository: string;
  tag: string | null;
  digest: string | null;
}

/**
 * Whether a machine whose config says `live` runs what `wanted` asks for. A digest that the platform or flyctl added to the
 * same tag makes no difference; a wanted digest must be the one that was resolved.
 */
export function sameImage(wanted: string, live: string, resolved: ResolvedImage | null): boolean {
  if (wanted === live) return true;
  const [a, b] = [parseReference(wanted), parseReference(live)];
  if (a.repository !== b.repository) return false;
  if (a.digest === null) return a.tag === (b.tag ?? resolved?.tag ?? null);
  if (b.digest !== null) return a.digest === b.digest;
  return resolved !== null && resolved.digest === a.digest;
}

/** The reference that runs, as far as the platform resolved it: `ghcr.io/pacphi/sindri:3@sha256:…`. */
export function resolvedImageText({ registry, repository, tag, digest }: ResolvedImage): string {
  const name = registry === '' ? repository : `${registry}/${repository}`;
  return `${name}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
}
