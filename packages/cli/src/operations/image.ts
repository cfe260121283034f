import type { Environment, LockedImage, PlannedImage } from '@sindri/core';
import { coreError } from '../error.js';
import { lockedImage } from './image-lock.js';

export interface ImageResult {
  schema: 'sindri.image/1';
  environment: string;
  provider: string;
  /** `null` where no image is looked up: on a local emulator, or when nothing is wanted. */
  image: PlannedImage | null;
  /** What sindri.lock remembers of the last deploy, `null` when that is nothing. */
  locked: LockedImage | null;
  /** Whether the next deploy would use another image than the last one. `null` when sindri.lock knows nothing of it. */
  outdated: boolean | null;
}

/** What the image of a config is now, and what it was at the last deploy. */
export async function resolveImage(environment: Environment): Promise<ImageResult> {
  const image = await environment.image();
  const locked = image === null ? null : await lockedImage(environment, image);
  return {
    schema: 'sindri.image/1',
    environment: environment.spec.name,
    provider: environment.provider.name,
    image,
    locked,
    outdated: image === null || locked === null ? null : image.digest !== locked.digest,
  };
}

/** {@link resolveImage} for an image that must have been verified. Rejects with `IMAGE_UNVERIFIABLE` where it was not. */
export async function verifyImage(environment: Environment): Promise<ImageResult> {
  const result = await resolveImage(environment);
  if (result.image?.verification === 'verified') return result;
  throw coreError({
    code: 'IMAGE_UNVERIFIABLE',
    kind: 'policy',
    message: `There is no image of ${environment.spec.name} that could be verified.`,
    hint: 'A local emulator runs an image of its own; an image that was built on the platform has no signature.',
  });
}
