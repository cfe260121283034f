/** The SFTP version 3 wire format (draft-ietf-secsh-filexfer-02): numbers, strings, attributes, and what the packets are called. */

export const SFTP_REQUEST = {
  INIT: 1,
  OPEN: 3,
  CLOSE: 4,
  READ: 5,
  WRITE: 6,
  LSTAT: 7,
  FSTAT: 8,
  SETSTAT: 9,
  FSETSTAT: 10,
  OPENDIR: 11,
  READDIR: 12,
  REMOVE: 13,
  MKDIR: 14,
  RMDIR: 15,
  REALPATH: 16,
  STAT: 17,
  RENAME: 18,
  READLINK: 19,
  SYMLINK: 20,
  EXTENDED: 200,
} as const;

export const SFTP_REPLY = {
  VERSION: 2,
  STATUS: 101,
  HANDLE: 102,
  DATA: 103,
  NAME: 104,
  ATTRS: 105,
  EXTENDED_REPLY: 201,
} as const;

export const SFTP_STATUS = {
  OK: 0,
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  BAD_MESSAGE: 5,
  OP_UNSUPPORTED: 8,
} as const;

export const SFTP_OPEN = { READ: 1, WRITE: 2, APPEND: 4, CREAT: 8, TRUNC: 16, EXCL: 32 } as const;

/** The largest packet either side may send, as OpenSSH has it. */
export const SFTP_MAX_PACKET = 256 * 1024;

const ATTR = { SIZE: 1, OWNER: 2, PERMISSIONS: 4, TIMES: 8, EXTENDED: 0x80000000 } as const;

/** Attributes that a client sent; what it did not mention is absent. Times in seconds. */
export interface SftpAttributes {
  size?: number;
  owner?: { uid: number; gid: number };
  mode?: number;
  times?: { atime: number; mtime: number };
}

/** Attributes of a file that exists. */
export interface SftpFileStat {
  size: number;
  uid: number;
  gid: number;
  mode: number;
  atime: number;
  mtime: number;
}

export class SftpFormatError extends Error {}

/** Reads one packet's fields in order. Throws `SftpFormatError` when it is too short. */
export class SftpReader {
  private at = 0;
  constructor(private readonly bytes: Buffer) {}

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  /** A 64-bit number; beyond 2^53 it loses precision, which no file here reaches. */
  uint64(): number {
    return Number(this.take(8).readBigUInt64BE());
  }

  bytesField(): Buffer {
    return this.take(this.uint32());
  }

  text(): string {
    return this.bytesField().toString('utf8');
  }

  attributes(): SftpAttributes {
    const flags = this.uint32();
    const found: SftpAttributes = {};
    if (flags & ATTR.SIZE) found.size = this.uint64();
    if (flags & ATTR.OWNER) found.owner = { uid: this.uint32(), gid: this.uint32() };
    if (flags & ATTR.PERMISSIONS) found.mode = this.uint32();
    if (flags & ATTR.TIMES) found.times = { atime: this.uint32(), mtime: this.uint32() };
    return found;
  }

  private take(length: number): Buffer {
    const end = this.at + length;
    if (end > this.bytes.length) throw new SftpFormatError('packet too short');
    const part = this.bytes.subarray(this.at, end);
    this.at = end;
    return part;
  }
}

/** Builds one packet, with its length in front. */
export class SftpWriter {
  private readonly parts: Buffer[];

  constructor(type: number) {
    this.parts = [Buffer.from([type])];
  }

  uint32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value >>> 0);
    this.parts.push(bytes);
    return this;
  }

  uint64(value: number | bigint): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(value));
    this.parts.push(bytes);
    return this;
  }

  bytesField(value: Buffer): this {
    this.uint32(value.length);
    this.parts.push(value);
    return this;
  }

  text(value: string): this {
    return this.bytesField(Buffer.from(value, 'utf8'));
  }

  attributes(stat: SftpFileStat | null): this {
    if (!stat) return this.uint32(0);
    this.uint32(ATTR.SIZE | ATTR.OWNER | ATTR.PERMISSIONS | ATTR.TIMES);
    this.uint64(stat.size).uint32(stat.uid).uint32(stat.gid).uint32(stat.mode);
    return this.uint32(stat.atime).uint32(stat.mtime);
  }

  finish(): Buffer {
    const body = Buffer.concat(this.parts);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    return Buffer.concat([length, body]);
  }
}

/** Cuts a byte stream into packets (without their length). Ends, or throws `SftpFormatError`, with the stream. */
export async function* readSftpPackets(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let chunks: Buffer[] = [];
  let available = 0;
  let wanted = 4;
  let inBody = false;
  for await (const chunk of source) {
    chunks.push(chunk);
    available += chunk.length;
    while (available >= wanted) {
      const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      const part = all.subarray(0, wanted);
      chunks = [all.subarray(wanted)];
      available -= wanted;
      if (inBody) {
        yield part;
        wanted = 4;
      } else {
        wanted = part.readUInt32BE();
        if (wanted < 1 || wanted > SFTP_MAX_PACKET) throw new SftpFormatError('packet length out of range');
      }
      inBody = !inBody;
    }
  }
}
