import { parseImageReference } from '@sindri/core';
import { registryError } from './registry-error.js';

/** A repository of a registry: `ghcr.io` and `pacphi/sindri`. */
export interface Repository {
  /** Host and port as credentials are kept under: `docker.io`, `ghcr.io`, `127.0.0.1:5000`. */
  host: string;
  /** The path on the host: `library/nginx`. */
  path: string;
}

/** An image in a repository. Where both are there, the digest decides. */
export interface Reference extends Repository {
  tag: string | null;
  digest: string | null;
}

/** Docker Hub's name, and what else leads there. */
const HUB = 'docker.io';
const HUB_ALIASES = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

/**
 * Reads an image reference with Docker's short forms written out: `nginx` is `docker.io/library/nginx:latest`. Throws
 * `IMAGE_REFERENCE` for what is none.
 */
export function readReference(text: string): Reference {
  const { repository, tag, digest } = parse(text);
  return { ...repository, tag: tag ?? (digest === null ? 'latest' : null), digest };
}

/** Host and path of a repository such as `ghcr.io/pacphi/sindri`. Throws `IMAGE_REFERENCE`, also for one with a tag or a digest. */
export function readRepository(text: string): Repository {
  const { repository, tag, digest } = parse(text);
  if (tag === null && digest === null) return repository;
  throw registryError({
    code: 'IMAGE_REFERENCE',
    kind: 'usage',
    message: `${shown(text)} names an image, where a repository is wanted.`,
    hint: `Leave tag and digest out: ${repositoryText(repository)}`,
  });
}

function parse(text: string): { repository: Repository; tag: string | null; digest: string | null } {
  const parsed = parseImageReference(text);
  const split = 'problem' in parsed ? null : splitRepository(parsed.repository);
  if ('problem' in parsed || split === null || !URL.canParse(`https://${split.host}`)) {
    throw registryError({
      code: 'IMAGE_REFERENCE',
      kind: 'usage',
      message: `The image ${'problem' in parsed ? parsed.problem : 'has a registry that is no host'}, got ${shown(text)}.`,
      hint: ('problem' in parsed ? parsed.hint : undefined) ?? 'It looks like `ghcr.io/pacphi/sindri:3.0.0`.',
    });
  }
  return { repository: split, tag: parsed.tag, digest: parsed.digest };
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

function splitRepository(repository: string): Repository {
  const slash = repository.indexOf('/');
  const first = slash < 0 ? '' : repository.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost';
  const host = isHost ? first.toLowerCase() : HUB;
  const path = isHost ? repository.slice(slash + 1) : repository;
  if (!HUB_ALIASES.has(host)) return { host, path };
  return { host: HUB, path: path.includes('/') ? path : `library/${path}` };
}

/** `ghcr.io/pacphi/sindri`. */
export function repositoryText({ host, path }: Repository): string {
  return `${host}/${path}`;
}

/** The reference in full: `ghcr.io/pacphi/sindri:3.1.3@sha256:…`. */
export function referenceText(reference: Reference): string {
  const { tag, digest } = reference;
  return `${repositoryText(reference)}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
}

/** The address under which a host's registry is served: plain HTTP for this computer itself, else HTTPS. */
export function registryOrigin(host: string): URL {
  const name = host === HUB ? 'registry-1.docker.io' : host;
  return new URL(`${isLoopback(new URL(`https://${name}`)) ? 'http' : 'https'}://${name}`);
}

/** Whether an address leads to this very computer, whatever a name server says. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}
