import type { RegistryCall, RegistryClient } from './registry-client.js';
import { platformText, platformsOf, type Manifest, type ManifestContent } from './manifest.js';
import { referenceText, type Reference, type Repository } from './reference.js';

/** What a registry says of an image. */
export interface ImageDescription {
  /** In full: `docker.io/library/nginx:1`. */
  reference: string;
  /** Of the index, or of the manifest where there is no index: what one pins. */
  digest: string;
  mediaType: string;
  /** `linux/amd64`; empty when the image does not say. */
  platforms: string[];
  /** What is fetched for the first platform, in bytes. */
  bytes: number;
  /** When it was made, ISO 8601; `null` when it does not say. */
  createdAt: string | null;
  /** Its labels, those of the Open Containers Initiative among them. */
  labels: Record<string, string>;
  /** Kinds of what is attached to it: signatures, attestations. */
  attached: string[];
}

const CONFIG_BYTES = 1024 * 1024;

/** Describes an image by its manifest and its config. Rejects as {@link RegistryClient} does. */
export async function describeImage(
  reference: Reference,
  client: RegistryClient,
  call: RegistryCall,
): Promise<ImageDescription> {
  const top = await client.manifest(reference, call);
  const [image, referrers] = await Promise.all([
    firstImage(reference, top, client, call),
    client.referrers(reference, top.digest, call),
  ]);
  const { config, layers = [] } = image.content;
  const details =
    config === undefined
      ? {}
      : readConfig(await client.blob(reference, config.digest, { ...call, maxBytes: CONFIG_BYTES }));
  const platforms = platformsOf(top.content).map(platformText);
  return {
    reference: referenceText(reference),
    digest: top.digest,
    mediaType: top.mediaType,
    platforms: platforms.length > 0 || details.platform === undefined ? platforms : [details.platform],
    bytes: layers.reduce((sum, { size }) => sum + size, config?.size ?? 0),
    createdAt: details.createdAt ?? null,
    labels: details.labels ?? {},
    attached: [...new Set(referrers.map(({ artifactType, mediaType }) => artifactType ?? mediaType))].sort(),
  };
}

const IMAGE_CONFIGS = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json'];

/** What the config of a single image says that it runs on: `['linux/arm64']`, or nothing where it does not say. */
export async function platformOfImage(
  repository: Repository,
  { config }: ManifestContent,
  client: RegistryClient,
  call: RegistryCall,
): Promise<string[]> {
  if (config === undefined || !IMAGE_CONFIGS.includes(config.mediaType)) return [];
  const { platform } = readConfig(await client.blob(repository, config.digest, { ...call, maxBytes: CONFIG_BYTES }));
  return platform === undefined ? [] : [platform];
}

async function firstImage(
  reference: Reference,
  top: Manifest,
  client: RegistryClient,
  call: RegistryCall,
): Promise<Manifest> {
  const [first] = (top.content.manifests ?? []).filter(({ platform }) => platform?.os !== 'unknown');
  return first === undefined ? top : client.manifest({ ...reference, tag: null, digest: first.digest }, call);
}

function readConfig(bytes: Buffer): { platform?: string; createdAt?: string; labels?: Record<string, string> } {
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(bytes.toString('utf8')) as Record<string, unknown> | null;
  } catch {
    return {};
  }
  const { os, architecture, created, config } = value ?? {};
  const labels = Object.entries(((config as { Labels?: object } | null | undefined)?.Labels ?? {}) as object);
  return {
    ...(isName(os) && isName(architecture) ? { platform: `${os}/${architecture}` } : {}),
    ...(typeof created === 'string' && !Number.isNaN(Date.parse(created)) ? { createdAt: created } : {}),
    labels: Object.fromEntries(labels.filter(([, text]) => typeof text === 'string')) as Record<string, string>,
  };
}

/** What was made by hand, or imported, often leaves it empty. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
