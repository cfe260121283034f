import { type SindriError, isSindriError } from '../model/errors.js';
import { coreError } from '../model/core-error.js';
import { remedyFor, whyUnwritable } from '../model/unwritable.js';
import { makeDirectory } from './make-directory.js';

/**
 * {@link makeDirectory}, readable by this user only. Rejects with `STATE_UNUSABLE` when it cannot be a directory: no permission, a
 * file in its way, a full disk.
 */
export async function makePrivateDirectory(directory: string): Promise<void> {
  try {
    await makeDirectory(directory, 0o700);
  } catch (error) {
    throw unusable(directory, error);
  }
}

/** `STATE_UNUSABLE`: a file or directory of ours cannot be used. Any other error that is told already stays as it is. */
export function unusable(place: string, cause: unknown): SindriError {
  if (isSindriError(cause)) return cause.code === 'FILE_UNWRITABLE' ? unusable(place, cause.cause) : cause;
  const { code, reason } = whyUnwritable(cause);
  return coreError({
    code: 'STATE_UNUSABLE',
    kind: 'usage',
    message: `Sindri cannot keep its files in ${place}: ${reason}.`,
    hint: `${remedyFor(cause)}, or set SINDRI_STATE_DIR to another directory of yours.`,
    details: { path: place, reason: code },
    cause,
  });
}
