import { constants, promises as fs, type BigIntStats, type Stats } from 'node:fs';
import path from 'node:path';
import { SFTP_OPEN, type SftpAttributes, type SftpFileStat } from './sftp-packets.js';

/** How sftp's words map to the file system: open flags, attributes, directory lines. */

export function openFlags(sftpFlags: number): number {
  const read = (sftpFlags & SFTP_OPEN.READ) !== 0;
  const write = (sftpFlags & SFTP_OPEN.WRITE) !== 0;
  let flags: number = write ? (read ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY;
  if (sftpFlags & SFTP_OPEN.APPEND) flags |= constants.O_APPEND;
  if (sftpFlags & SFTP_OPEN.CREAT) flags |= constants.O_CREAT;
  if (sftpFlags & SFTP_OPEN.TRUNC) flags |= constants.O_TRUNC;
  if (sftpFlags & SFTP_OPEN.EXCL) flags |= constants.O_EXCL;
  return flags;
}

export function fileStat(stats: Stats | BigIntStats): SftpFileStat {
  return {
    size: Number(stats.size),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    mode: Number(stats.mode),
    atime: Math.floor(Number(stats.atimeMs) / 1000),
    mtime: Math.floor(Number(stats.mtimeMs) / 1000),
  };
}

/** What attributes can be changed on: an open file, or a path. */
export interface AttributeTarget {
  truncate(size: number): Promise<void>;
  chmod(mode: number): Promise<void>;
  chown(uid: number, gid: number): Promise<void>;
  utimes(atime: number, mtime: number): Promise<void>;
}

export function pathTarget(file: string): AttributeTarget {
  return {
    truncate: (size) => fs.truncate(file, size),
    chmod: (mode) => fs.chmod(file, mode),
    chown: (uid, gid) => fs.chown(file, uid, gid),
    utimes: (atime, mtime) => fs.utimes(file, atime, mtime),
  };
}

export async function setAttributes(target: AttributeTarget, attributes: SftpAttributes): Promise<void> {
  if (attributes.size !== undefined) await target.truncate(attributes.size);
  if (attributes.owner) await target.chown(attributes.owner.uid, attributes.owner.gid);
  if (attributes.mode !== undefined) await target.chmod(attributes.mode & 0o7777);
  if (attributes.times) await target.utimes(attributes.times.atime, attributes.times.mtime);
}

/** An entry of a directory listing, with the line that `ls -l` would print. */
export interface SftpName {
  name: string;
  line: string;
  stat: SftpFileStat | null;
}

/** Reads a directory's names in pieces, so that big directories do not wait for all their attributes. */
export class DirectoryListing {
  private constructor(
    private readonly directory: string,
    private readonly names: string[],
    private readonly owner: string,
  ) {}

  static async open(directory: string, owner: string): Promise<DirectoryListing> {
    const names = await fs.readdir(directory);
    return new DirectoryListing(directory, ['.', '..', ...names.sort()], owner);
  }

  /** The next entries, or `null` at the end. */
  async next(count: number): Promise<SftpName[] | null> {
    const batch = this.names.splice(0, count);
    if (batch.length === 0) return null;
    const entries = await Promise.all(batch.map((name) => this.describe(name)));
    return entries.filter((entry) => entry !== null);
  }

  private async describe(name: string): Promise<SftpName | null> {
    // Files may go away while the listing is read.
    const stats = await fs.lstat(path.join(this.directory, name)).catch(() => null);
    return stats && { name, line: listingLine(name, stats, this.owner), stat: fileStat(stats) };
  }
}

function listingLine(name: string, stats: Stats, owner: string): string {
  const size = String(stats.size).padStart(8);
  const links = String(stats.nlink).padStart(4);
  return `${modeText(stats)} ${links} ${owner.padEnd(8)} ${owner.padEnd(8)} ${size} ${dateText(stats.mtime)} ${name}`;
}

function modeText(stats: Stats): string {
  const kind = stats.isDirectory()
    ? 'd'
    : stats.isSymbolicLink()
      ? 'l'
      : stats.isSocket()
        ? 's'
        : stats.isFIFO()
          ? 'p'
          : '-';
  const bits = 'rwxrwxrwx';
  return kind + [...bits].map((letter, index) => (stats.mode & (0o400 >> index) ? letter : '-')).join('');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function dateText(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2);
  return `${MONTHS[date.getUTCMonth()]} ${day} ${String(date.getUTCFullYear()).padStart(5)}`;
}
