/** The data types of SSH (RFC 4251, section 5). */

export const number32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export const number64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};

export const string = (content: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(content);
  return Buffer.concat([number32(bytes.length), bytes]);
};

/** Reads one value after the other. Each throws a `RangeError` where the bytes end too early. */
export class WireReader {
  position = 0;

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.position === this.bytes.length;
  }

  number32(): number {
    const value = this.bytes.readUInt32BE(this.position);
    this.position += 4;
    return value;
  }

  number64(): bigint {
    const value = this.bytes.readBigUInt64BE(this.position);
    this.position += 8;
    return value;
  }

  string(): Buffer {
    const length = this.number32();
    if (this.position + length > this.bytes.length) throw new RangeError('cut off');
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }

  /** All strings up to the end. */
  strings(): string[] {
    const found: string[] = [];
    while (!this.isAtEnd) found.push(this.string().toString());
    return found;
  }
}
