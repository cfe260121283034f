import { coreError } from '../model/core-error.js';
import type { ImageLock, LockedImage } from './lock.js';
import { readVersion } from './version-range.js';

/** What was found for an image, to be held against what is remembered of it. */
export interface Resolved {
  asked: string;
  repository: string;
  tag: string | null;
  digest: string;
}

/**
 * Holds an image against sindri.lock. With `frozen` it must be what stands there (`IMAGE_LOCKED`). Without it a newer one is fine, but not
 * another image under the tag of one full version (`IMAGE_MOVED`): such a tag is never moved by who means well. Returns what stood there
 * when that is another image.
 */
export function checkLock(lock: ImageLock, resolved: Resolved, { frozen }: { frozen: boolean }): LockedImage | null {
  const { asked, digest } = resolved;
  const locked = Object.hasOwn(lock.images, asked) ? lock.images[asked] : undefined;
  if (locked === undefined) {
    if (frozen) throw notLocked(resolved);
    return null;
  }
  if (locked.digest === digest) return null;
  if (frozen) throw drifted(resolved, locked);
  if (locked.reference === referenceOf(resolved) && isFullVersion(resolved.tag)) throw moved(resolved, locked);
  return locked;
}

function isFullVersion(tag: string | null): boolean {
  return tag !== null && readVersion(tag.replace(/-(ubuntu|fedora|opensuse)$/, '')) !== null;
}

function referenceOf({ repository, tag }: Resolved): string {
  return tag === null ? repository : `${repository}:${tag}`;
}

function notLocked({ asked }: Resolved): Error {
  return coreError({
    code: 'IMAGE_LOCKED',
    kind: 'policy',
    message: `sindri.lock does not know the image ${asked}, and with --frozen only what is in it may be deployed.`,
    hint: 'Deploy once without --frozen, and commit sindri.lock. Nothing was changed.',
    details: { asked },
  });
}

function drifted(resolved: Resolved, locked: LockedImage): Error {
  return coreError({
    code: 'IMAGE_LOCKED',
    kind: 'policy',
    message: `${resolved.asked} is ${referenceOf(resolved)}@${resolved.digest} now, and sindri.lock has ${locked.reference}@${locked.digest}.`,
    hint: 'Look at it with `sindri image outdated`; a deploy without --frozen takes the new one. Nothing was changed.',
    details: { asked: resolved.asked, locked: locked.digest, found: resolved.digest },
  });
}

function moved(resolved: Resolved, locked: LockedImage): Error {
  return coreError({
    code: 'IMAGE_MOVED',
    kind: 'policy',
    message: `The tag ${referenceOf(resolved)} leads to another image than before: ${resolved.digest} instead of ${locked.digest}.`,
    hint: 'The tag of a version should never move: ask whoever publishes it. To accept it, delete its entry from sindri.lock. Nothing was changed.',
    details: { asked: resolved.asked, locked: locked.digest, found: resolved.digest },
  });
}
