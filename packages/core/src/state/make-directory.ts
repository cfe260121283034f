import { mkdir, readlink, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DanglingLink } from '../model/unwritable.js';

/**
 * Makes `directory` and what is missing above it, all with `mode` (default: what the system gives). What is there already stays as
 * it is. Rejects with the system's error, or with a {@link DanglingLink}. Step by step, because Node's own `recursive` never ends below directories such as
 * `/proc`, in which nothing can be made.
 */
export async function makeDirectory(directory: string, mode?: number): Promise<void> {
  try {
    await mkdir(directory, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await isDirectory(directory))) return;
    if (code === 'EEXIST') throw (await danglingLink(directory, error)) ?? error;
    const parent = dirname(directory);
    if (code !== 'ENOENT' || parent === directory) throw error;
    if (await isDirectory(parent)) {
      // Another run has made the parent in this moment; or nothing can be made in it, and then a second try says so.
      await makeBelow(directory, mode);
      return;
    }
    await makeDirectory(parent, mode);
    await makeDirectory(directory, mode);
  }
}

async function makeBelow(directory: string, mode: number | undefined): Promise<void> {
  try {
    await mkdir(directory, { mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await isDirectory(directory))) throw error;
  }
}

async function danglingLink(place: string, cause: unknown): Promise<DanglingLink | null> {
  const target = await readlink(place).catch(() => null);
  return target === null || (await exists(place)) ? null : new DanglingLink(place, target, cause);
}

async function exists(place: string): Promise<boolean> {
  return stat(place).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}

async function isDirectory(place: string): Promise<boolean> {
  try {
    return (await stat(place)).isDirectory();
  } catch {
    return false;
  }
}
