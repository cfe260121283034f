/**
 * How Fly carries datagrams in a stream of bytes: four bytes say that a WireGuard client is speaking, then come records, each a length
 * of four bytes (big-endian) and that many bytes of one datagram. A length of zero keeps the connection open.
 */
export const STREAM_MAGIC = Buffer.from('2faced77', 'hex');
export const KEEPALIVE_RECORD = Buffer.alloc(4);

const LENGTH_BYTES = 4;
/** No datagram is longer. */
const MAX_RECORD_BYTES = 65_535;

/** The length in front of a datagram that is given in parts. */
export function recordLength(parts: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = Buffer.allocUnsafe(LENGTH_BYTES);
  bytes.writeUInt32BE(length, 0);
  return bytes;
}

/** Takes datagrams out of chunks that may begin and end anywhere. */
export class RecordReader {
  private rest: Buffer = Buffer.alloc(0);
  private expectsMagic: boolean;

  constructor(
    private readonly take: (datagram: Buffer) => void,
    options: { expectsMagic: boolean },
  ) {
    this.expectsMagic = options.expectsMagic;
  }

  /** `false` when this is no such stream: it cannot be read any further. */
  push(chunk: Buffer): boolean {
    const data = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let position = 0;
    if (this.expectsMagic) {
      if (data.length < STREAM_MAGIC.length) return this.keep(data, 0);
      if (!data.subarray(0, STREAM_MAGIC.length).equals(STREAM_MAGIC)) return false;
      this.expectsMagic = false;
      position = STREAM_MAGIC.length;
    }
    while (position + LENGTH_BYTES <= data.length) {
      const length = data.readUInt32BE(position);
      if (length > MAX_RECORD_BYTES) return false;
      const end = position + LENGTH_BYTES + length;
      if (end > data.length) break;
      if (length > 0) this.take(data.subarray(position + LENGTH_BYTES, end));
      position = end;
    }
    return this.keep(data, position);
  }

  private keep(data: Buffer, position: number): boolean {
    this.rest = position === data.length ? Buffer.alloc(0) : Buffer.from(data.subarray(position));
    return true;
  }
}
