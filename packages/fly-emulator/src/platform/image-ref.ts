import { createHash } from 'node:crypto';
import type { JsonObject } from '../json.js';

/** Fly pulls Docker Hub's images through a mirror of its own, and shows them so. Older hosts showed registry-1.docker.io. */
const DOCKER_HUB_MIRROR = 'docker-hub-mirror.fly.io';
const DOCKER_HUB = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io', DOCKER_HUB_MIRROR]);

/**
 * The `image_ref` of a machine. No registry is asked: the digest is made from the name, so that equal references give
 * equal digests, and one given in the reference is kept.
 */
export function imageRef(image: string): JsonObject {
  const [beforeDigest = '', givenDigest] = image.split('@');
  const slash = beforeDigest.indexOf('/');
  const head = slash < 0 ? '' : beforeDigest.slice(0, slash);
  const isDockerHub = DOCKER_HUB.has(head);
  const hasRegistry = /[.:]/.test(head) || head === 'localhost';
  const rest = hasRegistry ? beforeDigest.slice(slash + 1) : beforeDigest;
  const colon = rest.lastIndexOf(':');
  const path = colon < 0 ? rest : rest.slice(0, colon);
  return {
    registry: hasRegistry && !isDockerHub ? head : DOCKER_HUB_MIRROR,
    repository: path.includes('/') || (hasRegistry && !isDockerHub) ? path : `library/${path}`,
    tag: colon < 0 ? (givenDigest === undefined ? 'latest' : '') : rest.slice(colon + 1),
    digest: givenDigest ?? `sha256:${createHash('sha256').update(image).digest('hex')}`,
    labels: null,
  };
}
