import { Alarm, type Clock } from '../clock.js';
import { type Receiver, WINDOW_SHIFT } from './receiver.js';
import { Flag, type IncomingSegment } from './segment.js';
import type { SegmentWriter } from './segment-writer.js';
import type { SendBuffer } from './send-buffer.js';
import type { SequenceSpace } from './sequence-space.js';
import { Timestamps } from './timestamps.js';

/** RFC 5681, section 4.2 allows 500 ms. */
const DELAYED_ACK_MS = 40;
/** What an application of this computer needs for an answer that was waiting to be asked for. */
const SOON_ACK_MS = 4;
/** What fits beside nothing else: 4 + 4 * 8 bytes of options. Beside timestamps it is one less. */
const MAX_BLOCKS = 4;
const NONE: readonly number[] = [];

/** The segments that a connection sends: each carries the newest acknowledgment and window. Arguments are offsets in the stream. */
export class Output {
  /** Whether the other side understands selective acknowledgments. */
  selective = false;
  private readonly ackTimer: Alarm;

  constructor(
    private readonly clock: Clock,
    private readonly writer: SegmentWriter,
    private readonly space: SequenceSpace,
    private readonly receiver: Receiver,
    /** Next offset to send. */
    private readonly next: () => number,
  ) {
    this.ackTimer = new Alarm(clock, () => this.ack());
  }

  /** What the SYN of the other side allows. `isFirst`: ours answers it, and so may carry timestamps. */
  negotiated(segment: IncomingSegment, isFirst: boolean): void {
    this.selective = segment.sackPermitted;
    if (isFirst && segment.timestamp >= 0) this.writer.timestamps = new Timestamps(this.clock, segment.timestamp);
  }

  /** When the other side has sent a segment that begins at `start`. */
  noteTimestamp({ timestamp }: IncomingSegment, start: number): void {
    if (timestamp >= 0) this.writer.timestamps?.take(timestamp, start, this.receiver.acknowledged);
  }

  /** A SYN; `isFirst` when none has come from the other side, else it acknowledges that one. */
  syn(isFirst: boolean): void {
    const { receiver } = this;
    this.writer.writeSyn(
      this.space.sendOnWire(0),
      isFirst ? 0 : this.acknowledgment,
      isFirst ? Flag.syn : Flag.syn | Flag.ack,
      receiver.takeSynWindow(),
      isFirst || receiver.scales ? WINDOW_SHIFT : -1,
      isFirst || this.selective,
    );
  }

  /** `length` bytes of `buffer` from offset `start`. `false`: the link is congested. */
  data(buffer: SendBuffer, start: number, length: number, fin: boolean): boolean {
    const isLast = start + length === buffer.end;
    const flags = Flag.ack | (fin ? Flag.fin : 0) | (isLast && length > 0 ? Flag.psh : 0);
    // Blocks do not fit beside a full segment: they go alone.
    if (this.receiver.ackDue === 'now' && this.receiver.hasGap) this.ack();
    const window = this.receiver.takeWindow();
    this.ackTimer.clear();
    return this.writer.writeData(
      this.space.sendOnWire(start),
      this.acknowledgment,
      flags,
      window,
      buffer,
      start,
      length,
    );
  }

  ack(): void {
    const { receiver } = this;
    this.ackTimer.clear();
    const blocks = this.selective && receiver.hasBlocks ? receiver.takeBlocks(this.maximumBlocks) : NONE;
    const edges = blocks.map((offset) => this.space.receiveOnWire(offset));
    const window = receiver.takeWindow();
    this.writer.writeAck(this.space.sendOnWire(this.next()), this.acknowledgment, window, edges);
  }

  /** An acknowledgment at once, after a while, or not at all, as what has come demands it. */
  ackIfDue(): void {
    const { ackDue } = this.receiver;
    if (ackDue === 'now') this.ack();
    else if (ackDue !== 'none') this.ackTimer.within(ackDue === 'soon' ? SOON_ACK_MS : DELAYED_ACK_MS);
  }

  /** Something old, so that the other side answers with where it is. */
  probe(unacknowledged: number): void {
    const window = this.receiver.takeWindow();
    this.writer.write(this.space.sendOnWire(unacknowledged - 1), this.acknowledgment, Flag.ack, window);
  }

  reset(offset: number): void {
    this.writer.write(this.space.sendOnWire(offset), this.acknowledgment, Flag.rst | Flag.ack, 0);
  }

  /** Refuses a segment by its own acknowledgment (RFC 9293, section 3.10.7). */
  resetAt(wireSequence: number): void {
    this.writer.write(wireSequence, 0, Flag.rst, 0);
  }

  stop(): void {
    this.ackTimer.stop();
  }

  private get maximumBlocks(): number {
    return this.writer.timestamps === undefined ? MAX_BLOCKS : MAX_BLOCKS - 1;
  }

  private get acknowledgment(): number {
    return this.space.receiveOnWire(this.receiver.next);
  }
}
