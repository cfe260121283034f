import { createHash } from 'node:crypto';

/** A reference to a blob or another manifest. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  artifactType?: string;
  annotations?: Record<string, string>;
  platform?: Platform;
}

/** What a variant of an image runs on. */
export interface Platform {
  os: string;
  architecture: string;
  variant?: string;
}

/** A manifest, or an index of several. */
export interface ManifestContent {
  schemaVersion: number;
  mediaType?: string;
  artifactType?: string;
  config?: Descriptor;
  layers?: Descriptor[];
  /** Present in an index. */
  manifests?: Descriptor[];
  annotations?: Record<string, string>;
}

/** A manifest as a registry has it; its bytes were checked against its digest. */
export interface Manifest {
  digest: string;
  mediaType: string;
  size: number;
  content: ManifestContent;
}

/** What we take, in the order of preference: an index says more than a single manifest. */
export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

/** `sha256:…` of some bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Reads the text of a manifest; `null` when it is none. */
export function readManifest(bytes: Buffer): ManifestContent | null {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { layers, manifests, config, ...rest } = value as Record<string, unknown>;
  const lists = Object.entries({ layers, manifests }).filter(([, list]) => list !== undefined && list !== null);
  const isConfigured = config !== undefined && config !== null;
  if (lists.length === 0 && !isConfigured) return null;
  if (isConfigured && !isDescriptor(config)) return null;
  if (!lists.every(([, list]) => Array.isArray(list) && list.every(isDescriptor))) return null;
  const read = lists.map(([name, list]) => [name, (list as Descriptor[]).map(withReadPlatform)]);
  return { ...rest, ...Object.fromEntries(read), ...(isConfigured ? { config } : {}) } as unknown as ManifestContent;
}

/** Somebody's own words for a platform, or `null`, name none. */
function withReadPlatform({ platform, ...descriptor }: Descriptor): Descriptor {
  const { os, architecture, variant } = (platform ?? {}) as Partial<Record<keyof Platform, unknown>>;
  if (typeof os !== 'string' || typeof architecture !== 'string') return descriptor;
  return { ...descriptor, platform: { os, architecture, ...(typeof variant === 'string' ? { variant } : {}) } };
}

function isDescriptor(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { mediaType, digest, size } = value as Record<string, unknown>;
  return (
    typeof mediaType === 'string' &&
    typeof digest === 'string' &&
    /^sha256:[a-f0-9]{64}$/.test(digest) &&
    Number.isSafeInteger(size) &&
    (size as number) >= 0
  );
}

/** The platforms of an index, without what is no image (attestations have the platform `unknown`). */
export function platformsOf({ manifests = [] }: ManifestContent): Platform[] {
  return manifests.flatMap(({ platform }) =>
    platform === undefined || platform.os === 'unknown' || platform.architecture === 'unknown' ? [] : [platform],
  );
}

/** The entry of an index for a platform, `null` when there is none. An exact variant comes before one without. */
export function choosePlatform({ manifests = [] }: ManifestContent, wanted: Platform): Descriptor | null {
  const fitting = manifests.filter(
    ({ platform }) => platform?.os === wanted.os && platform.architecture === wanted.architecture,
  );
  const exact = fitting.find(({ platform }) => platform?.variant === wanted.variant);
  return exact ?? fitting.find(() => wanted.variant === undefined) ?? null;
}

/** `linux/amd64`, `linux/arm64/v8`. */
export function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}

/** The platform that such a text names. */
export function readPlatform(text: string): Platform {
  const [os = '', architecture = '', variant] = text.split('/');
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}
