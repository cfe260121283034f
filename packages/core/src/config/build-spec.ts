import { basename } from 'node:path';
import type { JsonObject } from '../model/json.js';
import type { BuildFromSource, Gpu, ImageConfig, Secret, SindriConfig } from './__generated__/sindri-config.js';
import { parseSize } from './sizes.js';
import type { EnvironmentSpec, GpuSpec, ImageRequest, ImageSpec, SecretSpec, SourcePosition } from '../model/spec.js';
import type { SourceSpec } from '../model/source.js';
import { sindriSource } from '../source/sindri-source.js';
import { anchorOf, formatPath, walk, type ConfigNode } from './tree.js';

/** Makes the spec of a complete document (see `completeDocument`). Pure; the document must be valid. */
export function buildSpec(
  document: JsonObject,
  place: { baseDir: string; origins: Record<string, SourcePosition>; fromSource?: boolean },
): EnvironmentSpec {
  const config = document as unknown as SindriConfig & { name: string };
  const { deployment, extensions = {}, secrets = [], providers = {} } = config;
  const { resources = {}, volumes = {}, buildFromSource } = deployment;
  const { memory } = resources;
  const { size, path } = volumes.workspace ?? {};
  return {
    name: config.name,
    provider: deployment.provider,
    image: imageSpec(deployment.image, deployment.imageConfig),
    resources: {
      memoryMb: memory === undefined ? null : parseSize(memory, 'memory'),
      cpus: resources.cpus ?? null,
      gpu: gpuSpec(resources.gpu),
    },
    workspace: { sizeGb: size === undefined ? null : parseSize(size, 'volume'), path: path ?? null },
    extensions: {
      profile: extensions.profile ?? null,
      active: extensions.active ?? [],
      additional: extensions.additional ?? [],
      autoInstall: extensions.autoInstall ?? true,
    },
    secrets: secrets.map(secretSpec),
    options: (providers[deployment.provider] ?? {}) as JsonObject,
    ...(deployment.distro === undefined ? {} : { distro: deployment.distro }),
    ...(buildFromSource?.enabled === true || place.fromSource === true
      ? { buildFromSource: sourceSpec(buildFromSource) }
      : {}),
    origins: place.origins,
    baseDir: place.baseDir,
  };
}

function sourceSpec(source: BuildFromSource | undefined): SourceSpec {
  const { repository, dockerfile } = sindriSource;
  return { repository: source?.repository ?? repository, gitRef: source?.gitRef ?? null, dockerfile };
}

function imageSpec(image: string | undefined, config: ImageConfig | undefined): ImageSpec | null {
  if (config === undefined) {
    return image === undefined ? null : { reference: image, request: null, pullPolicy: null };
  }
  const pullPolicy = config.pullPolicy ?? null;
  const { verifySignature = true, verifyProvenance = true, certificateIdentity, certificateOidcIssuer } = config;
  const verification = {
    signature: verifySignature,
    provenance: verifyProvenance,
    identity: certificateIdentity ?? null,
    issuer: certificateOidcIssuer ?? null,
  };
  const reference = exactReference(config);
  if (reference !== null) return { reference, request: null, pullPolicy, verification };
  return { reference: null, request: imageRequest(config), pullPolicy, verification };
}

/** The one image that the config names, when it does not leave the choice to a version range. */
function exactReference({ registry, digest, tagOverride, version, resolutionStrategy }: ImageConfig): string | null {
  if (digest !== undefined) return `${registry}@${digest}`;
  if (tagOverride !== undefined) return `${registry}:${tagOverride}`;
  return resolutionStrategy === 'explicit' && version !== undefined ? `${registry}:${version}` : null;
}

function imageRequest(config: ImageConfig): ImageRequest {
  return {
    registry: config.registry,
    version: config.version ?? null,
    strategy: config.resolutionStrategy ?? 'semver',
    allowPrerelease: config.allowPrerelease ?? false,
    verifySignature: config.verifySignature ?? true,
    verifyProvenance: config.verifyProvenance ?? true,
    certificateIdentity: config.certificateIdentity ?? null,
    certificateOidcIssuer: config.certificateOidcIssuer ?? null,
  };
}

function gpuSpec(gpu: Gpu | undefined): GpuSpec | null {
  if (gpu?.enabled !== true) return null;
  return {
    tier: gpu.tier ?? null,
    type: gpu.type ?? 'nvidia',
    count: gpu.count ?? 1,
    memoryMb: gpu.memory === undefined ? null : parseSize(gpu.memory, 'memory'),
  };
}

function secretSpec({ name, source, required = false, allowEmpty, fromFile, ...settings }: Secret): SecretSpec {
  const { path = '', mountPath = `/secrets/${basename(path)}`, permissions = '0644' } = settings;
  return {
    name,
    source,
    required,
    ...(source === 'file' ? { file: { mountPath, mode: Number.parseInt(permissions, 8) } } : {}),
    ...(allowEmpty === undefined ? {} : { allowEmpty }),
    ...(fromFile === undefined ? {} : { fromFile }),
    settings: { ...settings },
  };
}

/** Where every value of the tree was written, by its canonical path, and by the path as written where that differs. */
export function originsOf(root: ConfigNode, file: string): Record<string, SourcePosition> {
  const origins: Record<string, SourcePosition> = {};
  walk(root, (node, segments) => {
    if (segments.length === 0) return;
    const position = { file, ...(node.kind === 'scalar' ? node.position : anchorOf(node)) };
    origins[node.path] = position;
    origins[formatPath(segments)] = position;
  });
  return origins;
}
