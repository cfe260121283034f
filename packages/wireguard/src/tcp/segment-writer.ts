import type { Link } from '../ip/link.js';
import { fillChecksum, type Flow, HEADER_BYTES, MINIMUM_MTU, Protocol, writeHeader } from '../ip/packet.js';
import {
  Flag,
  TCP_HEADER_BYTES,
  TIMESTAMP_OPTION_BYTES,
  writeSackOption,
  writeSynOptions,
  writeTcpHeader,
  writeTimestampOption,
} from './segment.js';
import type { SendBuffer } from './send-buffer.js';
import type { Timestamps } from './timestamps.js';

const CHECKSUM = HEADER_BYTES + 16;
const OPTIONS = HEADER_BYTES + TCP_HEADER_BYTES;

/** Writes the segments of one connection into packets. Numbers are as on the wire. */
export class SegmentWriter {
  /** Set once the other side has asked for them: every segment but a reset carries them from then on. */
  timestamps: Timestamps | undefined;
  /** What follows the headers of the largest segment: options and payload. */
  private segmentLimit: number;

  constructor(
    private readonly link: Link,
    private readonly flow: Flow,
    private readonly localPort: number,
    private readonly remotePort: number,
  ) {
    this.segmentLimit = link.mtu - OPTIONS;
  }

  /** Payload of the largest segment. */
  get maximumSegmentSize(): number {
    return this.segmentLimit - (this.timestamps === undefined ? 0 : TIMESTAMP_OPTION_BYTES);
  }

  /** The other side takes no larger segments. */
  limitSegmentSize(bytes: number): void {
    this.segmentLimit = Math.min(this.segmentLimit, bytes);
  }

  /** The path takes no larger packets (RFC 8201, section 4: never below the minimum of IPv6). */
  lowerMtu(mtu: number): void {
    this.limitSegmentSize(Math.max(mtu, MINIMUM_MTU) - OPTIONS);
  }

  /** A segment without data. */
  write(sequence: number, acknowledgment: number, flags: number, window: number): boolean {
    const optionBytes = (flags & Flag.rst) === 0 ? this.writeTimestamps(0) : 0;
    return this.send(sequence, acknowledgment, flags, window, optionBytes, 0);
  }

  writeSyn(
    sequence: number,
    acknowledgment: number,
    flags: number,
    window: number,
    windowShift: number,
    sackPermitted: boolean,
  ): boolean {
    const size = this.link.mtu - OPTIONS;
    const optionBytes = this.writeTimestamps(
      writeSynOptions(this.link.scratch, OPTIONS, size, windowShift, sackPermitted),
    );
    return this.send(sequence, acknowledgment, flags, window, optionBytes, 0);
  }

  /** `sackEdges`: left and right edge of each block that came out of order, in turn. */
  writeAck(sequence: number, acknowledgment: number, window: number, sackEdges: readonly number[]): boolean {
    const blocks = sackEdges.length >> 1;
    const optionBytes = this.writeTimestamps(
      blocks === 0 ? 0 : writeSackOption(this.link.scratch, OPTIONS, sackEdges, blocks),
    );
    return this.send(sequence, acknowledgment, Flag.ack, window, optionBytes, 0);
  }

  /** A segment with `length` bytes of `buffer` from stream offset `start`. */
  writeData(
    sequence: number,
    acknowledgment: number,
    flags: number,
    window: number,
    buffer: SendBuffer,
    start: number,
    length: number,
  ): boolean {
    const optionBytes = this.writeTimestamps(0);
    if (length > 0) buffer.copyTo(this.link.scratch, OPTIONS + optionBytes, start, length);
    return this.send(sequence, acknowledgment, flags, window, optionBytes, length);
  }

  /** Adds them behind `optionBytes` of other options. Returns the length of all. */
  private writeTimestamps(optionBytes: number): number {
    const { timestamps } = this;
    if (timestamps === undefined) return optionBytes;
    const { value, echo } = timestamps;
    return optionBytes + writeTimestampOption(this.link.scratch, OPTIONS + optionBytes, value, echo);
  }

  private send(
    sequence: number,
    acknowledgment: number,
    flags: number,
    window: number,
    optionBytes: number,
    dataBytes: number,
  ): boolean {
    const { scratch } = this.link;
    const length = TCP_HEADER_BYTES + optionBytes + dataBytes;
    writeHeader(scratch, this.flow, length, Protocol.tcp);
    writeTcpHeader(
      scratch,
      HEADER_BYTES,
      this.localPort,
      this.remotePort,
      sequence,
      acknowledgment,
      flags,
      window,
      optionBytes,
    );
    fillChecksum(scratch, this.flow, length, CHECKSUM);
    return this.link.send(HEADER_BYTES + length);
  }
}
