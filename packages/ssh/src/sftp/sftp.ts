import type { Client, FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2';
import { channelRefused, closed } from '../errors.js';
import type { Link } from '../link.js';
import { sftpFailure } from './sftp-failure.js';

/** What kind of thing a path names. */
export type RemoteKind = 'file' | 'directory' | 'link' | 'other';

/** What is known of a remote path. */
export interface RemoteEntry {
  kind: RemoteKind;
  /** In bytes. */
  size: number;
  /** The permission bits. */
  mode: number;
  /** In seconds since 1970. */
  modifiedAt: number;
}

/** A file that is open on the server. */
export interface RemoteFile {
  /** Fills `target` from `position` on, as far as the file goes; resolves with the number of bytes, 0 at the end. */
  read(target: Buffer, position: number): Promise<number>;
  write(source: Buffer, position: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * The files of the other side, by SFTP (version 3, as OpenSSH speaks it). Paths are the server's own; one that does not start with `/`
 * starts in the home of the user. What fails rejects with `SSH_FILE_REFUSED`, `details.reason` being `missing`, `denied` or `failed`,
 * or with `SSH_CLOSED`.
 */
export interface Sftp {
  /** What a path names, links followed; `null` when there is nothing. */
  look(path: string): Promise<RemoteEntry | null>;
  /** The names in a directory with what they are; links are not followed. `.` and `..` are left out. */
  list(path: string): Promise<{ name: string; entry: RemoteEntry }[]>;
  /** Where a link leads, as it is written there. */
  readLink(path: string): Promise<string>;
  /** A directory that is there already is a success. */
  makeDirectory(path: string, mode: number): Promise<void>;
  /** `r` an existing file, `w` a new or an emptied one, `r+` an existing one without emptying it. */
  open(path: string, flags: 'r' | 'w' | 'r+', mode?: number): Promise<RemoteFile>;
  /** Takes the place of what has the new name. */
  rename(from: string, to: string): Promise<void>;
  setAttributes(path: string, attributes: { mode: number; modifiedAt: number }): Promise<void>;
  remove(path: string): Promise<void>;
  /** Ends this channel; the connection stays. */
  end(): void;
}

/** Opens the SFTP subsystem on a connection. */
export function openSftp(client: Client, link: Link): Promise<Sftp> {
  return new Promise((resolve, reject) => {
    try {
      client.sftp((error, channel) => {
        if (error === undefined || error === null) resolve(wrap(channel, link));
        else
          reject(link.broken() ?? channelRefused(`The server at ${link.where} has no SFTP: ${error.message}.`, error));
      });
    } catch (error) {
      reject(link.broken() ?? closed(`The connection to ${link.where} is closed.`, { cause: error }));
    }
  });
}

function wrap(channel: SFTPWrapper, link: Link): Sftp {
  // A channel that breaks is told by each request that was waiting, never by a crash.
  channel.on('error', () => undefined);
  let over: Error | null = null;
  const waiting = new Set<(error: Error) => void>();
  channel.once('close', () => {
    over = link.broken() ?? closed(`The file channel to ${link.where} was closed.`);
    for (const fail of waiting) fail(over);
  });

  function ask<T>(
    path: string,
    send: (done: (error: Error | null | undefined, value?: T) => void) => void,
    makes = false,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const end = (error: Error | null, value?: T): void => {
        waiting.delete(fail);
        if (error === null) resolve(value as T);
        else reject(error);
      };
      const fail = (error: Error): void => end(error);
      if (over !== null) return fail(over);
      waiting.add(fail);
      try {
        send((error, value) => end(error ? (link.broken() ?? sftpFailure(path, error, makes)) : null, value));
      } catch (error) {
        end(link.broken() ?? sftpFailure(path, error as Error));
      }
    });
  }

  return {
    async look(path) {
      try {
        return entryOf(await ask<Stats>(path, (done) => channel.stat(path, done)));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    async list(path) {
      const entries = await ask<FileEntryWithStats[]>(path, (done) => channel.readdir(path, done));
      return entries
        .filter(({ filename }) => filename !== '.' && filename !== '..')
        .map(({ filename, attrs }) => ({ name: filename, entry: entryOf(attrs) }));
    },
    readLink: (path) => ask<string>(path, (done) => channel.readlink(path, done)),
    async makeDirectory(path, mode) {
      try {
        await ask<void>(path, (done) => channel.mkdir(path, { mode }, done), true);
      } catch (error) {
        // Version 3 of the protocol has no word for "it is there already".
        const found = await this.look(path).catch(() => null);
        if (found?.kind !== 'directory') throw error;
      }
    },
    async open(path, flags, mode = 0o600) {
      const handle = await ask<Buffer>(path, (done) => channel.open(path, flags, { mode }, done));
      return {
        read: (target, position) =>
          ask<number>(path, (done) => {
            channel.read(handle, target, 0, target.length, position, (error, bytes) => {
              // The end of the file is an error in the protocol.
              if (isEndOfFile(error)) done(null, 0);
              else done(error, bytes);
            });
          }),
        write: (source, position) =>
          ask<void>(path, (done) => channel.write(handle, source, 0, source.length, position, done)),
        close: () => ask<void>(path, (done) => channel.close(handle, done)),
      };
    },
    async rename(from, to) {
      const replaces = channel as { ext_openssh_rename?: typeof channel.rename };
      try {
        await ask<void>(to, (done) => replaces.ext_openssh_rename?.call(channel, from, to, done));
      } catch (error) {
        if (!isUnsupported(error)) throw error;
        // A server without OpenSSH's extension refuses a name that is taken.
        await ask<void>(to, (done) => channel.unlink(to, done)).catch(() => undefined);
        await ask<void>(to, (done) => channel.rename(from, to, done));
      }
    },
    setAttributes: (path, { mode, modifiedAt }) =>
      ask<void>(path, (done) => channel.setstat(path, { mode, atime: modifiedAt, mtime: modifiedAt }, done)),
    remove: (path) => ask<void>(path, (done) => channel.unlink(path, done)),
    end: () => channel.end(),
  };
}

function entryOf(attrs: Stats): RemoteEntry {
  return {
    kind: attrs.isSymbolicLink() ? 'link' : attrs.isDirectory() ? 'directory' : attrs.isFile() ? 'file' : 'other',
    size: attrs.size,
    mode: attrs.mode & 0o777,
    modifiedAt: attrs.mtime,
  };
}

// SFTP version 3, section 7: SSH_FX_EOF, SSH_FX_NO_SUCH_FILE.
const END_OF_FILE = 1;

function isEndOfFile(error: Error | null | undefined): boolean {
  return (error as { code?: unknown } | null | undefined)?.code === END_OF_FILE;
}

function isMissing(error: unknown): boolean {
  return (error as { details?: { reason?: unknown } }).details?.reason === 'missing';
}

/** ssh2 throws it without asking the server, when the server has not announced the extension. */
function isUnsupported(error: unknown): boolean {
  return (error as { details?: { reason?: unknown } }).details?.reason === 'unsupported';
}
