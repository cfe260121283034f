import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { isSindriError, SindriError } from '../model/errors.js';
import { unwritableFile } from '../model/unwritable.js';

/**
 * Replaces a file as a whole: a reader sees the old content or the new one, also when we are killed half way. Rejects with
 * `FILE_UNWRITABLE`, and leaves the old content and nothing half written then. The directory must be there.
 */
export async function replaceFile(file: string, content: string, mode: number): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    // `wx` refuses to follow a link that somebody has put there.
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileUnwritable(file, error);
  }
}

/** `FILE_UNWRITABLE` for `file`. One that is told already stays as it is. */
export function fileUnwritable(file: string, cause: unknown): SindriError {
  return isSindriError(cause) ? cause : new SindriError(unwritableFile(file, cause));
}
