import { homeDirectory, type ImageContext, type ImageSource } from '@sindri/core';
import { describeImage, type ImageDescription } from './describe-image.js';
import { dispatcherFor } from './dispatcher.js';
import { credentialsFor } from './docker-credentials.js';
import { platformText, platformsOf, readPlatform, choosePlatform, type Manifest } from './manifest.js';
import { readReference, readRepository, referenceText } from './reference.js';
import { createRegistryClient, type RegistryClient } from './registry-client.js';
import { registryError } from './registry-error.js';
import type { VerificationModule, TrustSource } from './verification.js';

/** What a source of images is made with. */
export interface ImageSourceOptions {
  /**
   * How long a tag may be missing that was just pushed, in ms. Default 0: whoever names an image that does not exist is told at once.
   */
  patienceMs?: number;
  /** Sigstore's trusted keys. Default: those of the public instance, kept up to date below the state directory. */
  trust?: TrustSource;
}

/** A source of images that also tells what a registry says of one. */
export interface RegistryImageSource extends ImageSource {
  inspect(reference: string, context: ImageContext): Promise<ImageDescription>;
}

/**
 * Images in OCI registries, for `openEnvironment({ images: { source } })`. Credentials are those of the platform for its own registry, else
 * Docker's. Signs in once per registry and repository; what verifies is loaded when something is verified.
 */
export function createImageSource(options: ImageSourceOptions = {}): RegistryImageSource {
  const clients = new WeakMap<ImageContext['env'], RegistryClient>();

  return {
    tags: (repository, context) => clientFor(context).tags(readRepository(repository), context),

    async find({ reference, platform }, context) {
      const wanted = readReference(reference);
      const manifest = await clientFor(context).manifest(wanted, { ...context, patienceMs: options.patienceMs ?? 0 });
      if (platform !== undefined) requirePlatform(referenceText(wanted), manifest, platform);
      return { digest: manifest.digest };
    },

    inspect: (reference, context) => describeImage(readReference(reference), clientFor(context), context),

    async verify({ repository, digest, wanted }, context) {
      // The libraries that verify are large.
      const { verifyImage, publicTrust } = require('./verification.js') as VerificationModule;
      const trust = options.trust ?? publicTrust(context);
      return verifyImage(
        { repository: readRepository(repository), digest, wanted },
        clientFor(context),
        trust,
        context,
      );
    },
  };

  function clientFor(context: ImageContext): RegistryClient {
    const known = clients.get(context.env);
    if (known !== undefined) return known;
    const client = createRegistryClient({
      dispatcher: dispatcherFor(context),
      clock: context.clock,
      hide: context.hide,
      credentials: async (host) =>
        (await context.credentials?.(host)) ??
        credentialsFor(host, { env: context.env, home: homeDirectory(context.env), signal: context.signal }),
    });
    clients.set(context.env, client);
    return client;
  }
}

/** An index must have the platform; a single manifest does not say, and is taken. */
function requirePlatform(reference: string, { content }: Manifest, platform: string): void {
  if (content.manifests === undefined || choosePlatform(content, readPlatform(platform)) !== null) return;
  const platforms = platformsOf(content).map(platformText);
  throw registryError({
    code: 'IMAGE_PLATFORM',
    kind: 'refused',
    message: `${reference} does not run on ${platform}.`,
    hint: platforms.length === 0 ? 'It names no platform at all.' : `It is made for ${platforms.join(', ')}.`,
    details: { reference, platform, platforms },
  });
}
