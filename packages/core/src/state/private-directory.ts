import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type SindriError, isSindriError } from '../model/errors.js';
import { coreError } from '../model/core-error.js';

/**
 * Makes `directory` and what is missing above it, readable by this user only. What is there already stays as it is.
 *
 * Rejects with `STATE_UNUSABLE` when it cannot be a directory: no permission, a file in its way, a full disk. Step by step,
 * because Node's own `recursive` never ends below directories such as `/proc`, in which nothing can be made.
 */
export async function makePrivateDirectory(directory: string): Promise<void> {
  try {
    await makeFromAbove(directory);
  } catch (error) {
    throw unusable(directory, error);
  }
}

async function makeFromAbove(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await isDirectory(directory))) return;
    const parent = dirname(directory);
    if (code !== 'ENOENT' || parent === directory) throw error;
    if (await isDirectory(parent)) {
      // Another run has made the parent in this moment; or nothing can be made in it, and then a second try says so.
      await makeBelow(directory);
      return;
    }
    await makeFromAbove(parent);
    await makeFromAbove(directory);
  }
}

async function makeBelow(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await isDirectory(directory))) throw error;
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

async function isDirectory(place: string): Promise<boolean> {
  try {
    return (await stat(place)).isDirectory();
  } catch {
    return false;
  }
}
