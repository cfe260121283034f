/** TCP segments on the wire (RFC 9293, section 3.1). */
export const TCP_HEADER_BYTES = 20;
export const MAX_OPTION_BYTES = 40;
/** With two bytes before it that align it. */
export const TIMESTAMP_OPTION_BYTES = 12;

export const Flag = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const;

/** Option kinds: RFC 9293, section 3.2; RFC 7323, sections 2.2 and 3.2; RFC 2018, sections 2 and 3. */
const Option = {
  end: 0,
  noOperation: 1,
  maximumSegmentSize: 2,
  windowScale: 3,
  sackPermitted: 4,
  sack: 5,
  timestamps: 8,
} as const;
const MAX_SACK_BLOCKS = 4;
/** RFC 9293, section 3.7.1: what IPv6 assumes when the other side says nothing. */
const DEFAULT_SEGMENT_SIZE = 1_220;
const MINIMUM_SEGMENT_SIZE = 216;
/** A larger shift is used as this one (RFC 7323, section 2.3). */
const MAX_WINDOW_SHIFT = 14;

/**
 * A segment that has come in, read in place. One object serves for all segments, so whoever wants to keep something copies it.
 * Sequence numbers are as on the wire.
 */
export class IncomingSegment {
  sourcePort = 0;
  destinationPort = 0;
  sequence = 0;
  acknowledgment = 0;
  flags = 0;
  window = 0;
  urgentPointer = 0;
  /** 0 when the option is absent. */
  maximumSegmentSize = 0;
  /** -1 when the option is absent. */
  windowShift = -1;
  sackPermitted = false;
  /** When the other side sent it, by its own clock; -1 when the option is absent. */
  timestamp = -1;
  sackBlocks = 0;
  /** Left and right edge of each block, in turn. */
  readonly sackEdges = new Uint32Array(2 * MAX_SACK_BLOCKS);
  packet: Buffer = Buffer.alloc(0);
  payloadStart = 0;
  payloadEnd = 0;

  get payloadLength(): number {
    return this.payloadEnd - this.payloadStart;
  }

  /** How much of ours fits into a segment, as the sender of a SYN wants it. */
  get sizeLimit(): number {
    return Math.max(this.maximumSegmentSize || DEFAULT_SEGMENT_SIZE, MINIMUM_SEGMENT_SIZE);
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  /** Reads the segment between `start` and `end`. `false` when it is malformed. */
  read(packet: Buffer, start: number, end: number): boolean {
    if (end - start < TCP_HEADER_BYTES) return false;
    const headerEnd = start + ((packet[start + 12] as number) >> 4) * 4;
    if (headerEnd < start + TCP_HEADER_BYTES || headerEnd > end) return false;
    this.sourcePort = ((packet[start] as number) << 8) | (packet[start + 1] as number);
    this.destinationPort = ((packet[start + 2] as number) << 8) | (packet[start + 3] as number);
    this.sequence = packet.readUInt32BE(start + 4);
    this.acknowledgment = packet.readUInt32BE(start + 8);
    this.flags = packet[start + 13] as number;
    this.window = ((packet[start + 14] as number) << 8) | (packet[start + 15] as number);
    this.maximumSegmentSize = 0;
    this.windowShift = -1;
    this.sackPermitted = false;
    this.timestamp = -1;
    this.sackBlocks = 0;
    this.packet = packet;
    this.payloadStart = headerEnd;
    this.payloadEnd = end;
    if (headerEnd > start + TCP_HEADER_BYTES) this.readOptions(packet, start + TCP_HEADER_BYTES, headerEnd);
    return true;
  }

  /** An option that is cut off ends the list; one that nobody knows is passed over (RFC 9293, MUST-6 and MUST-7). */
  private readOptions(packet: Buffer, start: number, end: number): void {
    let position = start;
    while (position < end) {
      const kind = packet[position];
      if (kind === Option.end) return;
      if (kind === Option.noOperation) {
        position += 1;
        continue;
      }
      const length = position + 1 < end ? (packet[position + 1] as number) : 0;
      if (length < 2 || position + length > end) return;
      if (kind === Option.maximumSegmentSize && length === 4)
        this.maximumSegmentSize = packet.readUInt16BE(position + 2);
      else if (kind === Option.windowScale && length === 3) {
        this.windowShift = Math.min(packet[position + 2] as number, MAX_WINDOW_SHIFT);
      } else if (kind === Option.sackPermitted && length === 2) this.sackPermitted = true;
      else if (kind === Option.timestamps && length === 10) this.timestamp = packet.readUInt32BE(position + 2);
      else if (kind === Option.sack && (length - 2) % 8 === 0) this.readSack(packet, position + 2, (length - 2) / 8);
      position += length;
    }
  }

  private readSack(packet: Buffer, start: number, blocks: number): void {
    this.sackBlocks = Math.min(blocks, MAX_SACK_BLOCKS);
    for (let index = 0; index < this.sackBlocks * 2; index += 1) {
      this.sackEdges[index] = packet.readUInt32BE(start + index * 4);
    }
  }
}

/** The fixed part of a header at `offset`, checksum zero. `optionBytes` must be a multiple of four. */
export function writeTcpHeader(
  packet: Buffer,
  offset: number,
  sourcePort: number,
  destinationPort: number,
  sequence: number,
  acknowledgment: number,
  flags: number,
  window: number,
  optionBytes: number,
): void {
  packet[offset] = sourcePort >> 8;
  packet[offset + 1] = sourcePort & 0xff;
  packet[offset + 2] = destinationPort >> 8;
  packet[offset + 3] = destinationPort & 0xff;
  packet.writeUInt32BE(sequence, offset + 4);
  packet.writeUInt32BE(acknowledgment, offset + 8);
  packet[offset + 12] = ((TCP_HEADER_BYTES + optionBytes) / 4) << 4;
  packet[offset + 13] = flags;
  packet[offset + 14] = window >> 8;
  packet[offset + 15] = window & 0xff;
  packet[offset + 16] = packet[offset + 17] = packet[offset + 18] = packet[offset + 19] = 0;
}

/** The options of a SYN. Returns their length. `windowShift` -1 and `sackPermitted` false leave the option out. */
export function writeSynOptions(
  packet: Buffer,
  offset: number,
  maximumSegmentSize: number,
  windowShift: number,
  sackPermitted: boolean,
): number {
  let position = offset;
  position = packet.writeUInt8(Option.maximumSegmentSize, position);
  position = packet.writeUInt8(4, position);
  position = packet.writeUInt16BE(maximumSegmentSize, position);
  if (sackPermitted) {
    packet.set([Option.noOperation, Option.noOperation, Option.sackPermitted, 2], position);
    position += 4;
  }
  if (windowShift >= 0) {
    packet.set([Option.noOperation, Option.windowScale, 3, windowShift], position);
    position += 4;
  }
  return position - offset;
}

/** Returns {@link TIMESTAMP_OPTION_BYTES}. `echo` is the timestamp of the other side that is answered. */
export function writeTimestampOption(packet: Buffer, offset: number, value: number, echo: number): number {
  packet.set([Option.noOperation, Option.noOperation, Option.timestamps, 10], offset);
  packet.writeUInt32BE(value, offset + 4);
  packet.writeUInt32BE(echo, offset + 8);
  return TIMESTAMP_OPTION_BYTES;
}

/** A SACK option with the first `blocks` blocks of `edges`, which are sequence numbers as on the wire. Returns its length. */
export function writeSackOption(packet: Buffer, offset: number, edges: readonly number[], blocks: number): number {
  packet.set([Option.noOperation, Option.noOperation, Option.sack, 2 + blocks * 8], offset);
  for (let index = 0; index < blocks * 2; index += 1) {
    packet.writeUInt32BE(edges[index] as number, offset + 4 + index * 4);
  }
  return 4 + blocks * 8;
}
