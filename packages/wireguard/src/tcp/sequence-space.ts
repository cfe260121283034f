import type { IncomingSegment } from './segment.js';

const NONE: readonly number[] = [];

/**
 * Between sequence numbers on the wire, which wrap around (RFC 9293, section 3.4), and offsets in the two streams, which do not. An
 * offset is found near another one that is known to be close.
 */
export class SequenceSpace {
  /** Of the other side; known from its SYN on. */
  initialReceive = 0;

  constructor(private readonly initialSend: number) {}

  sendOnWire(offset: number): number {
    return (this.initialSend + offset) >>> 0;
  }

  receiveOnWire(offset: number): number {
    return (this.initialReceive + offset) >>> 0;
  }

  sendOffset(wire: number, near: number): number {
    return near + ((wire - this.sendOnWire(near)) | 0);
  }

  receiveOffset(wire: number, near: number): number {
    return near + ((wire - this.receiveOnWire(near)) | 0);
  }

  /** The edges of the blocks of a selective acknowledgment. */
  sackOffsets(segment: IncomingSegment, near: number): readonly number[] {
    if (segment.sackBlocks === 0) return NONE;
    const offsets: number[] = [];
    for (let index = 0; index < segment.sackBlocks * 2; index += 1) {
      offsets.push(this.sendOffset(segment.sackEdges[index] as number, near));
    }
    return offsets;
  }
}
