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

/** Other names of Docker Hub: its own, and the mirror through which Fly pulls. */
const DOCKER_HUB =
  /^(?:docker-hub-mirror\.fly\.io|(?:registry-1|index)\.docker\.io|docker\.io)\/(?:library\/(?=[^/]+$))?/;

function normaliseRepository(repository: string): string {
  const [host = ''] = repository.split('/');
  const isHost = repository.includes('/') && (/[.:]/.test(host) || host === 'localhost');
  const full = isHost
    ? repository
    : repository.includes('/')
      ? `docker.io/${repository}`
      : `docker.io/library/${repository}`;
  return full.replace(DOCKER_HUB, 'docker.io/');
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
