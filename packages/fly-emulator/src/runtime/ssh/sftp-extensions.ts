import { promises as fs } from 'node:fs';
import { SFTP_MAX_PACKET, SFTP_REPLY, SFTP_STATUS, SftpWriter, type SftpReader } from './sftp-packets.js';
import { SftpStatusError, type SftpSession } from './sftp-session.js';

/** OpenSSH extensions (its PROTOCOL file) that this server announces, with their versions. */
export const SFTP_EXTENSIONS: readonly (readonly [name: string, version: string])[] = [
  ['posix-rename@openssh.com', '1'],
  ['statvfs@openssh.com', '2'],
  ['hardlink@openssh.com', '1'],
  ['fsync@openssh.com', '1'],
  ['limits@openssh.com', '1'],
  ['expand-path@openssh.com', '1'],
];

/** Performs an extended request. Resolves with its reply, or with `null` when plain success is the answer. */
export async function answerExtension(
  id: number,
  name: string,
  reader: SftpReader,
  session: SftpSession,
): Promise<Buffer | null> {
  const { paths } = session;
  switch (name) {
    case 'posix-rename@openssh.com':
      await fs.rename(await paths.admit(reader.text(), false), await paths.admit(reader.text(), false));
      return null;
    case 'hardlink@openssh.com':
      await fs.link(await paths.admit(reader.text(), true), await paths.admit(reader.text(), false));
      return null;
    case 'fsync@openssh.com':
      await session.file(reader.bytesField()).sync();
      return null;
    case 'limits@openssh.com':
      return new SftpWriter(SFTP_REPLY.EXTENDED_REPLY)
        .uint32(id)
        .uint64(SFTP_MAX_PACKET)
        .uint64(SFTP_MAX_PACKET - 1024)
        .uint64(SFTP_MAX_PACKET - 1024)
        .uint64(256)
        .finish();
    case 'expand-path@openssh.com': {
      const place = paths.locate(reader.text());
      return new SftpWriter(SFTP_REPLY.NAME).uint32(id).uint32(1).text(place).text(place).attributes(null).finish();
    }
    case 'statvfs@openssh.com':
      return fileSystem(id, await paths.admit(reader.text(), true));
    default:
      throw new SftpStatusError(SFTP_STATUS.OP_UNSUPPORTED, `unsupported extension ${name}`);
  }
}

async function fileSystem(id: number, file: string): Promise<Buffer> {
  const stats = await fs.statfs(file, { bigint: true });
  return new SftpWriter(SFTP_REPLY.EXTENDED_REPLY)
    .uint32(id)
    .uint64(stats.bsize)
    .uint64(stats.bsize)
    .uint64(stats.blocks)
    .uint64(stats.bfree)
    .uint64(stats.bavail)
    .uint64(stats.files)
    .uint64(stats.ffree)
    .uint64(stats.ffree)
    .uint64(0)
    .uint64(0)
    .uint64(255)
    .finish();
}
