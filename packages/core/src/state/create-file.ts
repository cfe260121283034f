import { randomUUID } from 'node:crypto';
import { link, open, rm } from 'node:fs/promises';
import { fileUnwritable } from './replace-file.js';

/**
 * Creates a file as a whole: nobody sees half of it, and nothing half written is left behind. `false` when something is there already; that
 * stays as it is. Rejects with `FILE_UNWRITABLE`. The directory must be there.
 */
export async function createFile(file: string, content: string, mode = 0o666): Promise<boolean> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await createInPlace(temporary, content, mode);
    return await link(temporary, file).then(
      () => true,
      // Some file systems have no hard links. Creating in place is exclusive too, if not atomic.
      (error: NodeJS.ErrnoException) => (error.code === 'EEXIST' ? false : createInPlace(file, content, mode)),
    );
  } catch (error) {
    throw fileUnwritable(file, error);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

async function createInPlace(file: string, content: string, mode: number): Promise<boolean> {
  const handle = await open(file, 'wx', mode).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return null;
    throw error;
  });
  if (handle === null) return false;
  try {
    await handle.writeFile(content);
    return true;
  } catch (error) {
    await rm(file, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
}
