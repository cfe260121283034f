import path from 'node:path';
import type { ApplyReport, Environment, ImageLock, LockedImage, Plan, PlannedImage } from '@sindri/core';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';

/** The sindri.lock beside the config; `null` when the config is no file. */
function lockFileOf({ file }: Environment): string | null {
  return file === null ? null : path.join(path.dirname(file), core().LOCK_FILE);
}

/** What sindri.lock remembers of an image. Rejects with `IMAGE_LOCK_UNREADABLE`. */
export async function lockedImage(environment: Environment, image: PlannedImage): Promise<LockedImage | null> {
  const file = lockFileOf(environment);
  if (file === null) return null;
  const { images }: ImageLock = await core().readImageLock(file);
  return Object.hasOwn(images, image.asked) ? (images[image.asked] ?? null) : null;
}

/** Writes down which image a deploy has used. What is deployed is deployed: where that fails, it is told and nothing more. */
export async function rememberImage(
  environment: Environment,
  plan: Plan,
  report: ApplyReport | null,
  shell: Shell,
): Promise<void> {
  const file = lockFileOf(environment);
  const image = plan.image === undefined ? undefined : withBuiltDigest(plan, plan.image, report);
  if (file === null || image === undefined) return;
  const { readImageLock, withLocked, writeImageLock } = core();
  try {
    const lock = await readImageLock(file);
    const changed = withLocked(lock, image);
    if (changed !== lock) await writeImageLock(file, changed);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    shell.say(() => `The image is not remembered: ${path.basename(file)} cannot be written (${why}).`);
  }
}

/** What was built in this run has its digest in the result of the change that built it (`Builds`). */
function withBuiltDigest({ changes }: Plan, image: PlannedImage, report: ApplyReport | null): PlannedImage {
  if (image.origin !== 'source' || image.digest !== null) return image;
  const builds = changes.filter(({ action, resource }) => action === 'prepare' && resource.name === image.tag);
  const results = (report?.outcomes ?? []).filter(({ change }) => builds.some(({ id }) => id === change));
  const digest = results.map((outcome) => ('result' in outcome ? outcome.result?.['digest'] : undefined))[0];
  return typeof digest === 'string' ? { ...image, digest } : image;
}
