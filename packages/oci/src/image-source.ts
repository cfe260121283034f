import { homeDirectory, isSindriError, type FoundImage, type ImageContext, type ImageSource } from '@sindri/core';
import { describeImage, platformOfImage, type ImageDescription } from './describe-image.js';
import { dispatcherFor } from './dispatcher.js';
import { credentialsFor, type Credentials } from './docker-credentials.js';
import {
  platformText,
  platformsOf,
  readPlatform,
  choosePlatform,
  type Manifest,
  type ManifestContent,
} from './manifest.js';
import { readReference, readRepository, referenceText, type Reference } from './reference.js';
import { createRegistryClient, type RegistryCall, type RegistryClient } from './registry-client.js';
import { registryError } from './registry-error.js';
import type { VerificationModule, TrustSource } from './verification.js';

/** What a source of images is made with. */
export interface ImageSourceOptions {
  /**
   * How long a tag may be missing that was just pushed, in ms. Default: 15 s where the platform has a registry of its own and the image is
   * in it, else 0: whoever names an image that does not exist is told at once.
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
  const clients = new WeakMap<ImageContext['env'], Clients>();

  return {
    tags: (repository, context) => clientFor(context).tags(readRepository(repository), context),

    async find({ reference, platform, publicly }, context) {
      const wanted = readReference(reference);
      const { signedIn, anonymous, credentials } = clientsFor(context);
      const read = async (client: RegistryClient, patienceMs = 0): Promise<FoundImage> => {
        const call = { ...context, patienceMs: options.patienceMs ?? patienceMs };
        const manifest = await client.manifest(wanted, call);
        if (platform !== undefined) await requirePlatform(wanted, manifest, platform, client, call);
        return { digest: manifest.digest };
      };
      if (publicly === undefined) return read(signedIn);
      // Whoever names an image there has pushed it, maybe a moment ago.
      if (((await context.credentials?.(wanted.host)) ?? null) !== null) return read(signedIn, JUST_PUSHED_MS);
      try {
        return await read(anonymous);
      } catch (error) {
        const code = isSindriError(error) ? (error.code as string) : '';
        if (!REFUSES_STRANGERS.has(code) || (await credentials(wanted.host)) === null) throw error;
        const found = await read(signedIn);
        // Too many requests are a reason to sign in, and say nothing of who may read.
        if (code === 'REGISTRY_LIMITED') return found;
        throw privateImage(wanted, publicly.hint);
      }
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
    return clientsFor(context).signedIn;
  }

  function clientsFor(context: ImageContext): Clients {
    const known = clients.get(context.env);
    if (known !== undefined) return known;
    const { env, clock, hide, signal } = context;
    const dispatcher = dispatcherFor(context);
    const credentials = async (host: string): Promise<Credentials | null> =>
      (await context.credentials?.(host)) ?? credentialsFor(host, { env, home: homeDirectory(env), signal });
    const made = {
      credentials,
      signedIn: createRegistryClient({ dispatcher, clock, hide, credentials }),
      anonymous: createRegistryClient({ dispatcher, clock, hide }),
    };
    clients.set(context.env, made);
    return made;
  }
}

/** Those who ask a registry for one operation. */
interface Clients {
  signedIn: RegistryClient;
  anonymous: RegistryClient;
  credentials(host: string): Promise<Credentials | null>;
}

/** How long Fly's registry was seen not to show what was pushed into it. */
const JUST_PUSHED_MS = 15_000;

/** What registries answer a stranger where somebody who signs in gets the image. Many hide what is private behind a 404. */
const REFUSES_STRANGERS = new Set(['REGISTRY_AUTH', 'IMAGE_NOT_FOUND', 'REGISTRY_LIMITED']);

function privateImage(wanted: Reference, hint: string): Error {
  const reference = referenceText(wanted);
  return registryError({
    code: 'IMAGE_PRIVATE',
    kind: 'refused',
    message: `${reference} can be read with your sign-in at ${wanted.host} only, and the platform fetches images without signing in there.`,
    hint: `${hint} Nothing was changed.`,
    details: { reference },
  });
}

/** An index must have the platform, or an image that has it; so must the config of a single image. One that does not say is taken. */
async function requirePlatform(
  wanted: Reference,
  { content }: Manifest,
  platform: string,
  client: RegistryClient,
  call: RegistryCall,
): Promise<void> {
  const needed = readPlatform(platform);
  if (choosePlatform(content, needed) !== null) return;
  const images = content.manifests === undefined ? [content] : await unnamedImages(wanted, content, client, call);
  const told = await Promise.all(images.map((image) => platformOfImage(wanted, image, client, call)));
  const platforms = [...platformsOf(content).map(platformText), ...told.flat()];
  const isUnsaid = platforms.length === 0 && images.length > 0;
  if (isUnsaid || told.flat().includes(`${needed.os}/${needed.architecture}`)) return;
  const reference = referenceText(wanted);
  throw registryError({
    code: 'IMAGE_PLATFORM',
    kind: 'refused',
    message: `${reference} does not run on ${platform}.`,
    hint: platforms.length === 0 ? 'It names no platform at all.' : `It is made for ${platforms.join(', ')}.`,
    details: { reference, platform, platforms },
  });
}

/** More of them than this are not asked what they are. */
const MOST_UNNAMED = 8;

/** The images of an index whose entries do not say for which platform they are, as far as they are there: engines look into them, too. */
async function unnamedImages(
  wanted: Reference,
  { manifests = [] }: ManifestContent,
  client: RegistryClient,
  call: RegistryCall,
): Promise<ManifestContent[]> {
  const unnamed = manifests.filter(({ platform }) => platform === undefined).slice(0, MOST_UNNAMED);
  const found = await Promise.all(
    unnamed.map(({ digest }) =>
      client.manifest({ ...wanted, tag: null, digest }, call).catch((error: unknown) => {
        if (isSindriError(error) && (error.code as string) === 'IMAGE_NOT_FOUND') return null;
        throw error;
      }),
    ),
  );
  return found.flatMap((one) => (one === null ? [] : [one.content]));
}
