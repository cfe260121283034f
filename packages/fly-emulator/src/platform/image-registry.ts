import { createHash } from 'node:crypto';
import type { AppRecord, ImageRecord } from '../records.js';
import type { Store } from '../store.js';

/** The registry in whose name images are pushed and machines are made. */
export const REGISTRY_HOST = 'registry.fly.io';

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';

/** What an image that was built here says of itself. */
export interface BuiltImage {
  source: string;
  commit: string;
  dockerfile: string;
}

/** Puts an image of no layers under a tag of an app's repository; returns its digest. Equal sources give equal images. */
export function pushImage(store: Store, app: AppRecord, tag: string, built: BuiltImage): string {
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [] },
    config: { Labels: { 'io.fly.emulator.dockerfile': digestOf(built.dockerfile) } },
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: CONFIG_TYPE, digest: digestOf(config), size: Buffer.byteLength(config) },
    layers: [],
    annotations: {
      'org.opencontainers.image.source': built.source,
      'org.opencontainers.image.revision': built.commit,
    },
  });
  app.images = { ...app.images, [tag]: { manifest, config } };
  store.changed({ app });
  return digestOf(manifest);
}

/** The image that a tag or a digest names. */
export function findImage(app: AppRecord, reference: string): ImageRecord | null {
  const images = app.images ?? {};
  if (Object.hasOwn(images, reference)) return images[reference] ?? null;
  return Object.values(images).find(({ manifest }) => digestOf(manifest) === reference) ?? null;
}

export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
