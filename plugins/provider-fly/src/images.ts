import type { Images } from '@sindri/core';
import { resolveImage } from '@sindri/image-contract';
import { findToken } from './auth/sources.js';
import type { FlyOptions } from './planner/index.js';

/** Fly's own registry, into which `flyctl deploy` and builders push. */
const OWN_REGISTRY = 'registry.fly.io';

/** How Fly comes by images: from registries, except on an emulator, which runs machines of its own whatever their images are called. */
export const flyImages: Images<FlyOptions> = {
  platform: 'linux/amd64',
  defaultImage: (spec) => resolveImage({ ...spec, image: null }).reference,
  // A proxy of `flyctl machine api-proxy` serves one of the two; an emulator serves both.
  fetches: ({ env }) => !(isHere(env['FLY_FLAPS_BASE_URL']) && isHere(env['FLY_API_BASE_URL'])),
  async credentials(host, context) {
    if (host !== OWN_REGISTRY) return null;
    const { token } = await findToken(context);
    return { username: 'x', password: [...token.macaroons, ...token.personal].join(',') };
  },
};

function isHere(address: string | undefined): boolean {
  if (address === undefined || !URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
