import { createHash } from 'node:crypto';
import { isSindriError } from '@sindri/core';
import { bundleOfLayer, DSSE_ENVELOPE, SIMPLE_SIGNING } from './cosign-layout.js';
import type { Descriptor, ManifestContent } from './manifest.js';
import type { Repository } from './reference.js';
import type { RegistryCall, RegistryClient } from './registry-client.js';

/** Something that speaks about an image, as the registry has it: not yet verified, and maybe anybody's. */
export interface Evidence {
  /** A sigstore bundle as JSON. */
  bundle: unknown;
  /** The text that a message signature is of; absent for an envelope, which has its own. */
  signed?: Buffer;
}

const BUNDLE = 'application/vnd.dev.sigstore.bundle';
/** Whoever may write to a repository can attach as much as he likes. */
const MOST_REFERRERS = 50;
const MOST_LAYERS = 20;
const EVIDENCE_BYTES = 2 * 1024 * 1024;

/**
 * Everything attached to an image that may be a signature or an attestation: sigstore bundles that refer to it, and what cosign has put
 * under the tags `sha256-….sig` and `sha256-….att`. What cannot be read as one is left out; a registry that fails rejects.
 */
export async function collectEvidence(
  repository: Repository,
  digest: string,
  client: RegistryClient,
  { signal }: RegistryCall,
): Promise<Evidence[]> {
  const tag = digest.replace(':', '-');
  const manifests = await Promise.all([
    referring(repository, digest, client, signal),
    ...[`${tag}.sig`, `${tag}.att`].map(async (name) => {
      const found = await unlessMissing(client.manifest({ ...repository, tag: name, digest: null }, { signal }));
      return found === null ? [] : [found.content];
    }),
  ]);
  const layers = manifests.flat().flatMap((content) => (content.layers ?? []).slice(0, MOST_LAYERS));
  const found: Evidence[] = [];
  for (const layer of layers) {
    const isBundle = layer.mediaType.startsWith(BUNDLE);
    if (!isBundle && layer.mediaType !== SIMPLE_SIGNING && layer.mediaType !== DSSE_ENVELOPE) continue;
    const content = await unlessMissing(client.blob(repository, layer.digest, { signal, maxBytes: EVIDENCE_BYTES }));
    const evidence = content === null ? null : evidenceOf(layer, content, isBundle);
    if (evidence !== null) found.push(evidence);
  }
  return found;
}

async function referring(
  repository: Repository,
  digest: string,
  client: RegistryClient,
  signal: AbortSignal,
): Promise<ManifestContent[]> {
  const descriptors = await client.referrers(repository, digest, { signal });
  // A fallback index need not say what an entry is; then one has to look.
  const worthALook = descriptors.filter(
    ({ artifactType }) => artifactType === undefined || /sigstore|cosign|in-toto|empty/.test(artifactType),
  );
  const found: ManifestContent[] = [];
  for (const descriptor of worthALook.slice(0, MOST_REFERRERS)) {
    const reference = { ...repository, tag: null, digest: descriptor.digest };
    const manifest = await unlessMissing(client.manifest(reference, { signal }));
    if (manifest !== null) found.push(manifest.content);
  }
  return found;
}

function evidenceOf(layer: Descriptor, content: Buffer, isBundle: boolean): Evidence | null {
  try {
    if (isBundle) return { bundle: JSON.parse(content.toString('utf8')) as unknown };
    const bundle = bundleOfLayer(layer, content, createHash('sha256').update(content).digest());
    return bundle === null ? null : { bundle, ...(layer.mediaType === SIMPLE_SIGNING ? { signed: content } : {}) };
  } catch {
    // Not what its media type says.
    return null;
  }
}

/** `null` instead of "there is none"; every other failure stays one. */
async function unlessMissing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isSindriError(error) && error.code === 'IMAGE_NOT_FOUND') return null;
    throw error;
  }
}
