import type { EnvironmentSpec, ImageRequest } from '@sindri/core';
import { distroSuffix, tagForRequest } from './tags.js';

/** What is deployed when the config names no image: the official one, newest stable 3.x. */
export const defaultImage = 'ghcr.io/pacphi/sindri:3';

/** The image an environment gets, and how it was chosen. */
export interface ImageChoice {
  /** Empty when the config asks for a version that no tag stands for; validation has refused it then. */
  reference: string;
  origin: 'config' | 'version' | 'default';
  /** Only with `origin: 'version'`. */
  request: ImageRequest | null;
}

/** The image for `spec`. Version ranges become the floating tag that covers them; nothing is asked of a registry here. */
export function resolveImage(spec: Pick<EnvironmentSpec, 'image' | 'distro'>): ImageChoice {
  const reference = spec.image?.reference ?? null;
  if (reference !== null) return { reference, origin: 'config', request: null };
  const request = spec.image?.request ?? null;
  if (request === null) {
    return { reference: `${defaultImage}${distroSuffix(spec.distro)}`, origin: 'default', request: null };
  }
  const tag = tagForRequest(request, spec.distro);
  return { reference: tag === null ? '' : `${request.registry}:${tag}`, origin: 'version', request };
}
