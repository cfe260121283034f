import { promises as fs } from 'node:fs';
import path from 'node:path';

/** Which files of this computer an sftp client may reach, and under which names. */
export interface SftpPaths {
  /** Where a session starts; relative paths begin here. */
  readonly home: string;
  /**
   * The path on this computer for a client's path. Paths inside the machine's directories are taken as they are (the shell shows
   * them that way); any other absolute path is one of the machine, below its root.
   */
  locate(clientPath: string): string;
  /**
   * As `locate`, and certain that no symbolic link leads out. `follow` says whether the last part is followed when it is a link.
   * Rejects with `EACCES` when it would lead out.
   */
  admit(clientPath: string, follow: boolean): Promise<string>;
}

/** `root` is the machine's root directory; `others` are more directories that belong to it: volumes, a shared /tmp. */
export function createSftpPaths(options: { root: string; home: string; others: string[] }): SftpPaths {
  const inside = [options.root, ...options.others];
  const locate = (clientPath: string): string => {
    if (clientPath.includes('\0')) throw refused(clientPath);
    const expanded = clientPath.replace(/^~(?=\/|$)/, '.');
    return contain(path.resolve(options.home, expanded), options.root, inside);
  };
  return {
    home: options.home,
    locate,
    async admit(clientPath, follow) {
      const located = locate(clientPath);
      const real = await realTarget(located, follow);
      const allowed = await Promise.all(inside.map((directory) => fs.realpath(directory)));
      if (!allowed.some((directory) => isWithin(real, directory))) throw refused(clientPath);
      return located;
    },
  };
}

/** Where `located` leads in the end; for something that does not exist yet, where its directory leads. */
async function realTarget(located: string, follow: boolean): Promise<string> {
  if (follow) {
    try {
      return await fs.realpath(located);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      // A dangling link must not create its target.
      if (await isLink(located)) throw error;
    }
  }
  return path.join(await fs.realpath(path.dirname(located)), path.basename(located));
}

async function isLink(file: string): Promise<boolean> {
  const stat = await fs.lstat(file).catch(() => null);
  return stat?.isSymbolicLink() ?? false;
}

function contain(absolute: string, root: string, inside: string[]): string {
  if (inside.some((directory) => isWithin(absolute, directory))) return absolute;
  // Above the root there is nothing, as in a chroot.
  return absolute === '/' || isWithin(root, absolute) ? root : path.join(root, absolute);
}

function isWithin(file: string, directory: string): boolean {
  return file === directory || file.startsWith(directory + path.sep);
}

function refused(clientPath: string): Error {
  return Object.assign(new Error(`${clientPath} is outside the machine`), { code: 'EACCES' });
}
