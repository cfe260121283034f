import { realpath, stat, writeFile as write } from 'node:fs/promises';
import path from 'node:path';
import { core } from '../lazy.js';
import { makeDirectory } from './make-directory.js';

export interface WriteOptions {
  /** Whether what is there may be replaced. */
  replace: boolean;
  /** Of a new file; less what the system takes away. */
  mode?: number;
}

/**
 * Writes a file of the user's project as a whole, and makes its directory. `false` when something is there and may not be replaced. What a
 * link leads to is written, and a device or a pipe as it is. Rejects with `FILE_UNWRITABLE`, and leaves nothing half written then.
 */
export async function writeFile(
  file: string,
  content: string,
  { replace, mode = 0o666 }: WriteOptions,
): Promise<boolean> {
  const { createFile, fileUnwritable, replaceFile } = core();
  await makeDirectory(path.dirname(file));
  if (!replace) return createFile(file, content, mode);
  const target = await realpath(file).catch(() => file);
  const found = await stat(target).catch(() => null);
  if (found === null && (await createFile(target, content, mode))) return true;
  if (found === null || found.isFile()) await replaceFile(target, content, found === null ? mode : found.mode & 0o777);
  else {
    await write(target, content).catch((error: unknown) => {
      throw fileUnwritable(file, error);
    });
  }
  return true;
}
