import type { Builds, Images, OperationContext } from '@sindri/core';
import { resolveImage } from '@sindri/image-contract';
import { isLoopback } from './api/loopback.js';
import { findToken } from './auth/sources.js';
import type { FlyData, FlyFacts, FlySpec } from './model.js';
import { dataOf, flyRegistry, openObservation, type FlyOptions } from './planner/index.js';

type Env = OperationContext['env'];

/** How Fly comes by images: from registries, except on an emulator, which runs machines of its own whatever their images are called. */
export const flyImages: Images<FlyOptions> = {
  platform: 'linux/amd64',
  // A machine's config has no field for credentials.
  publicly: {
    hint: `Make it public, or push it to \`${flyRegistry}/<app>\` (\`docker login ${flyRegistry} --username x\`, the password is your Fly token), once the app exists.`,
  },
  defaultImage: (spec: FlySpec) => resolveImage({ ...spec, image: null }).reference,
  fetches: ({ env }) => !isEmulator(env),
  async credentials(host, context) {
    if (host !== registryAddress(context.env)) return null;
    const { token } = await findToken(context);
    return { username: 'x', password: [...token.macaroons, ...token.personal].join(',') };
  },
};

/** Images that are built from source lie in the app's own repository. */
export const flyBuilds: Builds<FlyOptions, FlyData, FlyFacts> = {
  repository: ({ name }) => `${flyRegistry}/${name}`,
  digest: (spec, observation) => dataOf(openObservation(spec, observation).image)?.digest ?? null,
};

/** Where Fly's own registry is asked, into which `flyctl deploy` and builders push: an emulator serves it beside its API. */
export function registryAddress(env: Env): string {
  return isEmulator(env) ? new URL(env['FLY_FLAPS_BASE_URL'] ?? '').host : flyRegistry;
}

/** A proxy of `flyctl machine api-proxy` serves one of the two; an emulator serves both. */
function isEmulator(env: Env): boolean {
  return isHere(env['FLY_FLAPS_BASE_URL']) && isHere(env['FLY_API_BASE_URL']);
}

function isHere(address: string | undefined): boolean {
  if (address === undefined || !URL.canParse(address)) return false;
  return isLoopback(new URL(address).hostname);
}
