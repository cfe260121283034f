import { readLimitedText } from '../config/text/read-limited.js';
import { coreError } from '../model/core-error.js';
import type { ImageSigner, PlannedImage } from '../model/image.js';
import { replaceFile } from '../state/replace-file.js';

/** One line of sindri.lock: what an image of the config led to. */
export interface LockedImage {
  /** `ghcr.io/pacphi/sindri:3.1.3`, or without a tag where the config names a digest. */
  reference: string;
  digest: string;
  /** Who signed it, when that was verified. */
  signer?: ImageSigner;
}

/** What a deploy remembers beside the config: by what is asked for ({@link PlannedImage.asked}), the image it led to. */
export interface ImageLock {
  schema: 'sindri.lock/1';
  images: Record<string, LockedImage>;
}

/** The name of the file, beside sindri.yaml. */
export const LOCK_FILE = 'sindri.lock';

const LONGEST = 256 * 1024;

/** Reads a sindri.lock; one that is not there is empty. Rejects with `IMAGE_LOCK_UNREADABLE`. */
export async function readImageLock(file: string): Promise<ImageLock> {
  const found = await readLimitedText(file, LONGEST);
  if (!('text' in found)) {
    if (found.absent) return { schema: 'sindri.lock/1', images: {} };
    throw unreadable(file, `it is ${found.reason}`);
  }
  let value: unknown = null;
  try {
    value = JSON.parse(found.text);
  } catch {
    throw unreadable(file, 'it is not JSON');
  }
  const { schema, images } = (value ?? {}) as Record<string, unknown>;
  if (schema !== 'sindri.lock/1') throw unreadable(file, 'this version of Sindri does not know its schema');
  if (typeof images !== 'object' || images === null || !Object.values(images).every(isLockedImage)) {
    throw unreadable(file, 'an image in it has no reference or no digest');
  }
  return { schema, images: { ...images } as ImageLock['images'] };
}

function isLockedImage(value: unknown): boolean {
  const { reference, digest } = (value ?? {}) as Record<string, unknown>;
  return typeof reference === 'string' && typeof digest === 'string' && /^sha256:[a-f0-9]{64}$/.test(digest);
}

/** The lock with an image in it; the very same one when that changes nothing, or when the image has no digest. */
export function withLocked(lock: ImageLock, image: PlannedImage): ImageLock {
  const { asked, repository, tag, digest, verified } = image;
  if (digest === null) return lock;
  const signer = verified?.signer ?? verified?.provenance?.signer;
  const entry: LockedImage = {
    reference: tag === null ? repository : `${repository}:${tag}`,
    digest,
    ...(signer === undefined ? {} : { signer }),
  };
  if (JSON.stringify(lock.images[asked]) === JSON.stringify(entry)) return lock;
  const images = Object.entries({ ...lock.images, [asked]: entry }).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...lock, images: Object.fromEntries(images) };
}

/** Replaces a sindri.lock as a whole. Rejects with `FILE_UNWRITABLE`. */
export function writeImageLock(file: string, lock: ImageLock): Promise<void> {
  return replaceFile(file, `${JSON.stringify(lock, null, 2)}\n`, 0o644);
}

function unreadable(file: string, why: string): Error {
  return coreError({
    code: 'IMAGE_LOCK_UNREADABLE',
    kind: 'usage',
    message: `${file} cannot be used: ${why}.`,
    hint: 'Restore it from version control, or delete it: the next deploy writes a new one.',
  });
}
