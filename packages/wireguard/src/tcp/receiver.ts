import { Reassembly } from './reassembly.js';

/** The window that is offered at first, and the largest that it grows to when the application keeps up. */
const INITIAL_CAPACITY = 256 * 1024;
const MAXIMUM_CAPACITY = 4 * 1024 * 1024;
/** Lets the largest window be written in 16 bits (RFC 7323, section 2.2). */
export const WINDOW_SHIFT = 7;
/** Each piece that came before its turn costs memory, however short it is. */
const MAX_PIECES = 8_192;
/**
 * Segments at the beginning of a connection whose acknowledgments are not held back: the other side is in slow start. A short one is
 * mostly a question or a greeting, though, and the answer to it is about to go out.
 */
const QUICK_SEGMENTS = 32;
/** What no full segment is below, also on a path that takes small ones: the size that IPv4 once took for granted. */
const SHORT_BELOW_BYTES = 536;
const MIN_MEASURE_MS = 1;
/** What the application gets at once: enough to be quick, and little enough that the window means something. */
const MAX_TAKE_BYTES = 256 * 1024;

/** How soon an acknowledgment must go out, the less urgent ones first. `soon`: a moment is left for an answer that takes it along. */
export type AckDue = 'none' | 'delayed' | 'soon' | 'now';

/**
 * The receiving half of a connection: puts data in order, keeps what the application has not taken, and says how much more may
 * come. Offsets count the bytes of the other side's stream; its SYN is 0, its first byte 1.
 */
export class Receiver {
  /** Next offset that is expected. */
  next = 1;
  ackDue: AckDue = 'none';
  /** Everything before this offset has been acknowledged to the other side. */
  acknowledged = 1;
  received = 0;
  private capacity = INITIAL_CAPACITY;
  private advertisedEdge = 1;
  private finOffset = Infinity;
  private queue: Buffer[] = [];
  private queuedBytes = 0;
  private unacknowledgedBytes = 0;
  private quickSegments = QUICK_SEGMENTS;
  private readonly ahead = new Reassembly();
  /** What came a second time, to be told once (RFC 2883). */
  private duplicate: [number, number] | undefined;
  private measureStart = 0;
  private takenInMeasure = 0;

  private windowShift = 0;

  constructor(private segmentSize: number) {}

  /** What the two sides have agreed on in their SYNs. */
  negotiated(segmentSize: number, scales: boolean): void {
    this.segmentSize = segmentSize;
    this.windowShift = scales ? WINDOW_SHIFT : 0;
  }

  /** Whether the window field is scaled. */
  get scales(): boolean {
    return this.windowShift > 0;
  }

  /** Everything up to and including the FIN is there. */
  get isEnded(): boolean {
    return this.next > this.finOffset;
  }

  /** Bytes that the application has not taken. */
  get waiting(): number {
    return this.queuedBytes;
  }

  /** Whether something is missing before data that is there. */
  get hasGap(): boolean {
    return this.ahead.count > 0;
  }

  /** The first offset that must not be sent yet. */
  get windowEdge(): number {
    const free = Math.max(0, this.capacity - this.queuedBytes - this.ahead.length);
    return Math.max(this.advertisedEdge, this.next + free);
  }

  /** The value of the window field of a SYN, which is never scaled (RFC 7323, section 2.2), and also remembered as promised. */
  takeSynWindow(): number {
    return this.promise(0);
  }

  /** The value of the window field, which is also remembered as promised. */
  takeWindow(): number {
    const field = this.promise(this.windowShift);
    this.ackDue = 'none';
    this.acknowledged = this.next;
    this.unacknowledgedBytes = 0;
    return field;
  }

  /** RFC 9293, section 3.10.7.4: whether a segment lies in the window. `length` counts SYN and FIN. */
  isAcceptable(start: number, length: number): boolean {
    const edge = this.windowEdge;
    if (length === 0) return edge === this.next ? start === this.next : start >= this.next && start < edge;
    return start < edge && start + length > this.next;
  }

  /** Takes data that begins at `start`, and the FIN behind it. What is not in the window is left out. */
  accept(start: number, data: Buffer, fin: boolean): void {
    const end = start + data.length;
    if (fin && end <= this.windowEdge) this.finOffset = Math.min(this.finOffset, end);
    if (data.length > 0) this.acceptData(start, end, data);
    if (this.next === this.finOffset) {
      this.next += 1;
      // Whoever has heard all often has the last word ready.
      if (this.ackDue !== 'now') this.ackDue = 'soon';
      this.ahead.clear();
    } else if (fin) this.ackDue = 'now';
  }

  /** Something must be answered, whatever it was. */
  demandAck(): void {
    this.ackDue = 'now';
  }

  /** Takes what is in order, in one piece, but not much more than {@link MAX_TAKE_BYTES} of it. */
  take(now: number, roundTripMs: number): Buffer | undefined {
    if (this.queuedBytes === 0) return undefined;
    let count = 0;
    let bytes = 0;
    while (count < this.queue.length && bytes < MAX_TAKE_BYTES) bytes += (this.queue[count++] as Buffer).length;
    const taken = this.queue.splice(0, count);
    this.queuedBytes -= bytes;
    this.grow(bytes, now, roundTripMs);
    return taken.length === 1 ? taken[0] : Buffer.concat(taken, bytes);
  }

  /**
   * Whether the window has opened so much since it was told that the other side should know (RFC 9293, section 3.8.6.2.2). Where it still
   * has room, an acknowledgment that is due anyway tells it: what a SYN could offer is less than half from the first byte on.
   */
  get shouldTellWindow(): boolean {
    const told = this.advertisedEdge - this.next;
    const much = 16 * this.segmentSize;
    if (this.ackDue !== 'none' && told >= much) return false;
    return told < this.capacity / 2 && this.windowEdge - this.advertisedEdge >= Math.min(this.capacity / 4, much);
  }

  /** Left and right edges of at most `maximum` blocks for a selective acknowledgment. */
  takeBlocks(maximum: number): number[] {
    const { duplicate } = this;
    this.duplicate = undefined;
    if (duplicate === undefined) return this.ahead.blocks(maximum);
    return [...duplicate, ...this.ahead.blocks(maximum - 1)];
  }

  get hasBlocks(): boolean {
    return this.duplicate !== undefined || this.ahead.count > 0;
  }

  clear(): void {
    this.queue = [];
    this.queuedBytes = 0;
    this.ahead.clear();
  }

  private promise(shift: number): number {
    const field = Math.min(0xffff, (this.windowEdge - this.next) >> shift);
    this.advertisedEdge = Math.max(this.advertisedEdge, this.next + (field << shift));
    return field;
  }

  private acceptData(start: number, end: number, data: Buffer): void {
    if (start < this.next) this.duplicate = [start, Math.min(end, this.next)];
    const first = Math.max(start, this.next);
    const last = Math.min(end, this.windowEdge, this.finOffset);
    if (first >= last) {
      this.ackDue = 'now';
      return;
    }
    const fresh = first === start && last === end ? data : data.subarray(first - start, last - start);
    if (first > this.next) {
      if (this.ahead.count >= MAX_PIECES) return;
      if (!this.ahead.add(first, fresh)) this.duplicate = [first, last];
      this.ackDue = 'now';
      return;
    }
    this.enqueue(fresh);
    if (this.ahead.count > 0) {
      // A gap was filled, perhaps (RFC 5681, section 4.2).
      for (const piece of this.ahead.take(this.next)) this.enqueue(piece);
      this.ackDue = 'now';
    } else this.noteInOrder(fresh.length);
  }

  private enqueue(data: Buffer): void {
    this.queue.push(data);
    this.queuedBytes += data.length;
    this.received += data.length;
    this.next += data.length;
  }

  /** At least every second full segment is acknowledged at once (RFC 5681, section 4.2), here: at the end of the turn. */
  private noteInOrder(bytes: number): void {
    this.unacknowledgedBytes += bytes;
    if (this.quickSegments > 0) {
      this.quickSegments -= 1;
      if (bytes >= SHORT_BELOW_BYTES) this.ackDue = 'now';
      else if (this.ackDue !== 'now') this.ackDue = 'soon';
    } else if (this.unacknowledgedBytes >= 2 * this.segmentSize) this.ackDue = 'now';
    else if (this.ackDue === 'none') this.ackDue = 'delayed';
  }

  /** Offers more when the application takes more than half of the capacity in one round trip. */
  private grow(bytes: number, now: number, roundTripMs: number): void {
    this.takenInMeasure += bytes;
    if (now - this.measureStart < Math.max(roundTripMs, MIN_MEASURE_MS)) return;
    if (this.takenInMeasure * 2 > this.capacity) this.capacity = Math.min(this.capacity * 2, MAXIMUM_CAPACITY);
    this.measureStart = now;
    this.takenInMeasure = 0;
  }
}
