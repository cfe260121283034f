import { promises as fs } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { ServerChannel } from 'ssh2';
import { DirectoryListing, fileStat, openFlags, pathTarget, setAttributes } from './sftp-files.js';
import {
  readSftpPackets,
  SFTP_MAX_PACKET,
  SFTP_OPEN,
  SFTP_REPLY,
  SFTP_REQUEST,
  SFTP_STATUS,
  SftpFormatError,
  SftpReader,
  SftpWriter,
  type SftpFileStat,
} from './sftp-packets.js';
import { answerExtension, SFTP_EXTENSIONS } from './sftp-extensions.js';
import type { SftpPaths } from './sftp-paths.js';
import { SftpStatusError, type SftpSession } from './sftp-session.js';

/** An open file or directory of a session. */
type SftpOpenItem = { file: FileHandle } | { listing: DirectoryListing };

const MAX_HANDLES = 256;
const MAX_READ = SFTP_MAX_PACKET - 1024;
const NAMES_PER_REPLY = 100;

/**
 * Serves SFTP version 3 on a channel, with the OpenSSH extensions that clients look for. Requests are answered in the order they
 * came. ssh2's own server side knows no extensions and no exit status, which scp and atomic renames need.
 */
export function serveSftp(channel: ServerChannel, paths: SftpPaths): { close(): void } {
  const session = new Session(paths);
  let over = false;
  // A write to a closed channel never calls back.
  let release: () => void = () => {};
  const gone = (): void => {
    over = true;
    release();
  };
  channel.on('error', () => {});
  channel.once('close', gone);
  const send = (packet: Buffer): Promise<void> =>
    new Promise((resolve) => {
      if (over) return resolve();
      release = resolve;
      channel.write(packet, () => resolve());
    });

  void (async () => {
    let code = 0;
    try {
      // Leaving the loop must not close the channel: the exit status comes after it.
      const input = channel.iterator({ destroyOnReturn: false });
      for await (const packet of readSftpPackets(input)) await send(await session.answer(packet));
    } catch {
      code = 255;
    }
    await session.close();
    channel.exit(code);
    channel.end();
    channel.resume();
  })();
  return {
    close: () => {
      gone();
      channel.destroy();
    },
  };
}

class Session implements SftpSession {
  private readonly open = new Map<string, SftpOpenItem>();
  private nextHandle = 1;

  constructor(readonly paths: SftpPaths) {}

  file(handle: Buffer): FileHandle {
    const item = this.open.get(handle.toString('hex'));
    if (!item || !('file' in item)) throw new SftpStatusError(SFTP_STATUS.FAILURE, 'invalid handle');
    return item.file;
  }

  /** The reply packet for a request packet. Rejects only when the packet cannot be read at all. */
  async answer(packet: Buffer): Promise<Buffer> {
    const type = packet[0] ?? 0;
    const reader = new SftpReader(packet.subarray(1));
    if (type === SFTP_REQUEST.INIT) return this.version();
    const id = reader.uint32();
    try {
      return await this.perform(type, id, reader);
    } catch (error) {
      if (error instanceof SftpFormatError) return status(id, SFTP_STATUS.BAD_MESSAGE, error.message);
      if (error instanceof SftpStatusError) return status(id, error.status, error.message);
      return status(id, statusOf(error), error instanceof Error ? error.message : String(error));
    }
  }

  async close(): Promise<void> {
    const items = [...this.open.values()];
    this.open.clear();
    await Promise.all(items.map((item) => closeItem(item).catch(() => {})));
  }

  private version(): Buffer {
    const writer = new SftpWriter(SFTP_REPLY.VERSION).uint32(3);
    for (const [name, version] of SFTP_EXTENSIONS) writer.text(name).text(version);
    return writer.finish();
  }

  private async perform(type: number, id: number, reader: SftpReader): Promise<Buffer> {
    const { paths } = this;
    switch (type) {
      case SFTP_REQUEST.OPEN:
        return this.openFile(id, reader.text(), reader.uint32(), reader.attributes().mode);
      case SFTP_REQUEST.OPENDIR:
        return this.keep(id, {
          listing: await DirectoryListing.open(await paths.admit(reader.text(), true), 'developer'),
        });
      case SFTP_REQUEST.CLOSE:
        return this.closeHandle(id, reader.bytesField());
      case SFTP_REQUEST.READ:
        return this.read(id, this.file(reader.bytesField()), reader.uint64(), reader.uint32());
      case SFTP_REQUEST.WRITE:
        await writeAll(this.file(reader.bytesField()), reader.uint64(), reader.bytesField());
        return ok(id);
      case SFTP_REQUEST.READDIR:
        return this.readDirectory(id, reader.bytesField());
      case SFTP_REQUEST.STAT:
        return attributes(id, fileStat(await fs.stat(await paths.admit(reader.text(), true))));
      case SFTP_REQUEST.LSTAT:
        return attributes(id, fileStat(await fs.lstat(await paths.admit(reader.text(), false))));
      case SFTP_REQUEST.FSTAT:
        return attributes(id, fileStat(await this.file(reader.bytesField()).stat()));
      case SFTP_REQUEST.SETSTAT:
        await setAttributes(pathTarget(await paths.admit(reader.text(), true)), reader.attributes());
        return ok(id);
      case SFTP_REQUEST.FSETSTAT:
        await setAttributes(this.file(reader.bytesField()), reader.attributes());
        return ok(id);
      case SFTP_REQUEST.REMOVE:
        await fs.unlink(await paths.admit(reader.text(), false));
        return ok(id);
      case SFTP_REQUEST.MKDIR: {
        const directory = await paths.admit(reader.text(), false);
        await fs.mkdir(directory, { mode: reader.attributes().mode ?? 0o777 });
        return ok(id);
      }
      case SFTP_REQUEST.RMDIR:
        await fs.rmdir(await paths.admit(reader.text(), false));
        return ok(id);
      case SFTP_REQUEST.RENAME:
        return this.rename(id, reader.text(), reader.text());
      case SFTP_REQUEST.REALPATH: {
        const place = paths.locate(reader.text());
        return names(id, [{ name: place, line: place, stat: null }]);
      }
      case SFTP_REQUEST.READLINK: {
        const target = await fs.readlink(await paths.admit(reader.text(), false));
        return names(id, [{ name: target, line: target, stat: null }]);
      }
      case SFTP_REQUEST.SYMLINK:
        return this.link(id, reader.text(), reader.text());
      case SFTP_REQUEST.EXTENDED:
        return (await answerExtension(id, reader.text(), reader, this)) ?? ok(id);
      default:
        throw new SftpStatusError(SFTP_STATUS.OP_UNSUPPORTED, `unsupported request ${type}`);
    }
  }

  private async openFile(id: number, clientPath: string, flags: number, mode = 0o666): Promise<Buffer> {
    this.requireRoom();
    const located = await this.paths.admit(clientPath, (flags & SFTP_OPEN.EXCL) === 0);
    return this.keep(id, { file: await fs.open(located, openFlags(flags), mode & 0o7777) });
  }

  private keep(id: number, item: SftpOpenItem): Buffer {
    this.requireRoom();
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(this.nextHandle++);
    this.open.set(handle.toString('hex'), item);
    return new SftpWriter(SFTP_REPLY.HANDLE).uint32(id).bytesField(handle).finish();
  }

  private requireRoom(): void {
    if (this.open.size >= MAX_HANDLES) throw new SftpStatusError(SFTP_STATUS.FAILURE, 'too many open handles');
  }

  private async closeHandle(id: number, handle: Buffer): Promise<Buffer> {
    const key = handle.toString('hex');
    const item = this.open.get(key);
    if (!item) throw new SftpStatusError(SFTP_STATUS.FAILURE, 'invalid handle');
    this.open.delete(key);
    await closeItem(item);
    return ok(id);
  }

  private async read(id: number, file: FileHandle, offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(Math.min(length, MAX_READ));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    if (bytesRead === 0 && length > 0) return status(id, SFTP_STATUS.EOF, 'End of file');
    return new SftpWriter(SFTP_REPLY.DATA).uint32(id).bytesField(buffer.subarray(0, bytesRead)).finish();
  }

  private async readDirectory(id: number, handle: Buffer): Promise<Buffer> {
    const item = this.open.get(handle.toString('hex'));
    if (!item || !('listing' in item)) throw new SftpStatusError(SFTP_STATUS.FAILURE, 'invalid handle');
    const batch = await item.listing.next(NAMES_PER_REPLY);
    return batch ? names(id, batch) : status(id, SFTP_STATUS.EOF, 'End of file');
  }

  /** Plain SFTP renames never replace; the OpenSSH extension does. */
  private async rename(id: number, from: string, to: string): Promise<Buffer> {
    const [source, target] = [await this.paths.admit(from, false), await this.paths.admit(to, false)];
    const taken = await fs.lstat(target).then(
      () => true,
      () => false,
    );
    if (taken) throw new SftpStatusError(SFTP_STATUS.FAILURE, 'target exists');
    await fs.rename(source, target);
    return ok(id);
  }

  /** OpenSSH's order of arguments, which clients of OpenSSH servers use. */
  private async link(id: number, target: string, linkPath: string): Promise<Buffer> {
    const place = await this.paths.admit(linkPath, false);
    await fs.symlink(target.startsWith('/') ? this.paths.locate(target) : target, place);
    return ok(id);
  }
}

async function closeItem(item: SftpOpenItem): Promise<void> {
  if ('file' in item) await item.file.close();
}

async function writeAll(file: FileHandle, offset: number, data: Buffer): Promise<void> {
  let written = 0;
  while (written < data.length) {
    const result = await file.write(data, written, data.length - written, offset + written);
    written += result.bytesWritten;
  }
}

function ok(id: number): Buffer {
  return status(id, SFTP_STATUS.OK, 'Success');
}

function status(id: number, code: number, message: string): Buffer {
  return new SftpWriter(SFTP_REPLY.STATUS).uint32(id).uint32(code).text(message).text('en').finish();
}

function attributes(id: number, stat: SftpFileStat): Buffer {
  return new SftpWriter(SFTP_REPLY.ATTRS).uint32(id).attributes(stat).finish();
}

function names(id: number, list: { name: string; line: string; stat: SftpFileStat | null }[]): Buffer {
  const writer = new SftpWriter(SFTP_REPLY.NAME).uint32(id).uint32(list.length);
  for (const entry of list) writer.text(entry.name).text(entry.line).attributes(entry.stat);
  return writer.finish();
}

function statusOf(error: unknown): number {
  switch ((error as NodeJS.ErrnoException | null)?.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return SFTP_STATUS.NO_SUCH_FILE;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return SFTP_STATUS.PERMISSION_DENIED;
    default:
      return SFTP_STATUS.FAILURE;
  }
}
