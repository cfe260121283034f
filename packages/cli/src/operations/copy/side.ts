import { lstat, mkdir, readdir, stat, utimes } from 'node:fs/promises';
import type { RemoteEntry, Sftp } from '@sindri/ssh';

/** The files of one side, as far as a copy needs them. */
export interface Side {
  /** Links followed; `null` when there is nothing. */
  look(path: string): Promise<RemoteEntry | null>;
  /** Links are not followed. A name that is not UTF-8 stands there with U+FFFD in it, and nothing has that name. */
  list(directory: string): Promise<{ name: string; entry: RemoteEntry }[]>;
  makeDirectory(path: string, mode: number): Promise<void>;
}

/** The files of the environment. */
export function remoteSide(sftp: Sftp): Side {
  return {
    look: (path) => sftp.look(path),
    list: (directory) => sftp.list(directory),
    makeDirectory: (path, mode) => sftp.makeDirectory(path, mode),
  };
}

const UNNAMED: RemoteEntry = { kind: 'other', size: 0, mode: 0, modifiedAt: 0 };

/** The files of this computer. */
export const localSide: Side = {
  look: (path) => entryOf(path, stat),
  async list(directory) {
    const names = (await readdir(directory)).sort();
    const entries = await Promise.all(
      names.map(async (name) => ({ name, entry: await entryOf(`${directory}/${name}`, lstat) })),
    );
    return entries.flatMap(({ name, entry }) => {
      if (entry !== null) return [{ name, entry }];
      // Removed meanwhile, or it has another name than the one that can be read.
      return name.includes('\ufffd') ? [{ name, entry: UNNAMED }] : [];
    });
  },
  async makeDirectory(path, mode) {
    await mkdir(path, { mode }).catch(async (error: NodeJS.ErrnoException) => {
      const found = error.code === 'EEXIST' ? await stat(path).catch(() => null) : null;
      if (found?.isDirectory() !== true) throw error;
    });
  },
};

async function entryOf(path: string, look: typeof stat): Promise<RemoteEntry | null> {
  try {
    const found = await look(path);
    return {
      kind: found.isSymbolicLink() ? 'link' : found.isDirectory() ? 'directory' : found.isFile() ? 'file' : 'other',
      size: found.size,
      mode: found.mode & 0o777,
      modifiedAt: Math.floor(found.mtimeMs / 1000),
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

/** Sets a local directory's times after its content has come. */
export async function setLocalTime(path: string, modifiedAt: number): Promise<void> {
  await utimes(path, modifiedAt, modifiedAt).catch(() => undefined);
}
