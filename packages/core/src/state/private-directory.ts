import { type SindriError, isSindriError } from '../model/errors.js';
import { coreError } from '../model/core-error.js';
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

/** `STATE_UNUSABLE`: a file or directory of ours cannot be used. One that is told already stays as it is. */
export function unusable(place: string, cause: unknown): SindriError {
  if (isSindriError(cause)) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  const reason = REASONS[code ?? ''] ?? code ?? 'unknown reason';
  return coreError({
    code: 'STATE_UNUSABLE',
    kind: 'usage',
    message: `Sindri cannot keep its files in ${place}: ${reason}.`,
    hint: 'Make it writable, or set SINDRI_STATE_DIR to another directory of yours.',
    details: { path: place, reason: code ?? null },
    cause,
  });
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  ENOTDIR: 'there is a file in its way',
  EEXIST: 'there is a file in its way',
  EISDIR: 'there is a directory in its way',
  ENOENT: 'nothing can be made there',
};
