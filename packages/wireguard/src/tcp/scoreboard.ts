import { DUPLICATE_THRESHOLD, LossDetection } from './loss-detection.js';
import type { RoundTrip } from './round-trip.js';
import { type SentSegment, SentSegments } from './sent-segments.js';

/** What is in flight, and what has become of it: acknowledged, selectively acknowledged (RFC 2018), or lost. */
export class Scoreboard {
  /** Bytes that are taken to be on their way. */
  inFlight = 0;
  /** Whether the other side sends selective acknowledgments. */
  selective = false;
  private duplicates = 0;
  private readonly segments = new SentSegments();
  private readonly loss: LossDetection;

  constructor(private readonly roundTrip: RoundTrip) {
    this.loss = new LossDetection(roundTrip);
  }

  get isEmpty(): boolean {
    return this.segments.length === 0;
  }

  get length(): number {
    return this.segments.length;
  }

  get hasLost(): boolean {
    return this.segments.hasLost;
  }

  /** When the first segment was sent last. There must be one. */
  get firstSentAt(): number {
    return this.segments.at(0).sentAt;
  }

  sent(start: number, end: number, now: number): void {
    this.segments.push(start, end, now);
    this.inFlight += end - start;
  }

  /** The first lost segment, at most `maximum` bytes of it. */
  firstLost(maximum: number): SentSegment | undefined {
    return this.segments.firstLost(maximum);
  }

  /** The last segment, unless it is known to have arrived or to be lost. */
  lastOpen(): SentSegment | undefined {
    const last = this.isEmpty ? undefined : this.segments.at(this.segments.length - 1);
    return last === undefined || last.sacked || last.lost ? undefined : last;
  }

  resent(segment: SentSegment, now: number): void {
    if (segment.lost) this.inFlight += segment.end - segment.start;
    this.segments.noteFound(segment);
    segment.sentAt = now;
    segment.timesSent += 1;
  }

  /** Everything before `offset` has arrived. Returns the bytes of which that was not known. */
  acknowledge(offset: number, now: number): number {
    let delivered = 0;
    let sample = -1;
    while (!this.isEmpty && this.segments.at(0).end <= offset) {
      const segment = this.segments.at(0);
      if (segment.timesSent === 1 && !segment.sacked) sample = now - segment.sentAt;
      delivered += this.takeDelivered(segment, now);
      if (segment.sacked) this.loss.sackedSegments -= 1;
      this.segments.shift();
    }
    this.trimFirst(offset);
    if (sample >= 0) this.roundTrip.measure(sample, now);
    return delivered;
  }

  /**
   * The blocks of a selective acknowledgment: left and right edges in turn, `acknowledged` the offset of the cumulative one, `next` the
   * first that was never sent. Returns the bytes that were not known to have arrived.
   */
  acknowledgeSelectively(edges: readonly number[], acknowledged: number, next: number, now: number): number {
    let delivered = 0;
    for (let block = 0; block + 1 < edges.length; block += 2) {
      const start = edges[block] as number;
      const end = edges[block + 1] as number;
      if (start >= end || end > next) continue;
      if (end <= acknowledged) {
        // RFC 2883, section 4: a first block below the acknowledgment tells of a duplicate.
        if (block === 0) this.loss.duplicateReported();
        continue;
      }
      delivered += this.takeBlock(start, end, now);
    }
    return delivered;
  }

  /**
   * Looks for what is lost. Returns the milliseconds after which to look again, or 0. `advanced`: the cumulative acknowledgment moved.
   */
  detectLoss(isRecovering: boolean, recoveryPoint: number, advanced: boolean, now: number): number {
    if (this.isEmpty) return 0;
    if (this.selective) {
      if (this.loss.sackedSegments === 0 && !isRecovering) return 0;
      return this.loss.detect(this.segments, isRecovering, now, (index) => this.markLost(index));
    }
    if (advanced) {
      this.duplicates = 0;
      // RFC 6582, section 3.2: a partial acknowledgment means that the next one is missing, too.
      if (isRecovering && this.segments.at(0).end <= recoveryPoint) this.markLost(0);
    }
    return 0;
  }

  /** Without selective acknowledgments: the third duplicate means loss (RFC 5681, section 3.2), each later one that something left. */
  noteDuplicate(segmentSize: number): void {
    if (this.selective || this.isEmpty) return;
    this.duplicates += 1;
    if (this.duplicates === DUPLICATE_THRESHOLD) this.markLost(0);
    if (this.duplicates >= DUPLICATE_THRESHOLD) this.inFlight = Math.max(0, this.inFlight - segmentSize);
  }

  recoveryEnded(): void {
    this.duplicates = 0;
    this.loss.recoveryEnded();
  }

  markAllLost(): void {
    for (let index = 0; index < this.segments.length; index += 1) this.markLost(index);
    this.inFlight = 0;
  }

  /** The other side may have thrown away what it acknowledged selectively (RFC 2018, section 8). */
  forgetSelective(): void {
    this.loss.sackedSegments = 0;
    for (let index = 0; index < this.segments.length; index += 1) this.segments.at(index).sacked = false;
  }

  clear(): void {
    this.segments.clear();
    this.inFlight = 0;
  }

  private takeBlock(start: number, end: number, now: number): number {
    let delivered = 0;
    for (let index = this.segments.positionOf(start); index < this.segments.length; index += 1) {
      const segment = this.segments.at(index);
      if (segment.end > end) break;
      if (segment.sacked || segment.start < start) continue;
      if (segment.timesSent === 1) this.roundTrip.measure(now - segment.sentAt, now);
      delivered += this.takeDelivered(segment, now);
      segment.sacked = true;
      this.loss.sackedSegments += 1;
    }
    return delivered;
  }

  private takeDelivered(segment: SentSegment, now: number): number {
    if (segment.sacked) return 0;
    const length = segment.end - segment.start;
    if (segment.lost) this.segments.noteFound(segment);
    else this.inFlight = Math.max(0, this.inFlight - length);
    this.loss.delivered(segment, now);
    return length;
  }

  private trimFirst(offset: number): void {
    if (this.isEmpty) return;
    const first = this.segments.at(0);
    if (first.start >= offset) return;
    if (!first.sacked && !first.lost) this.inFlight = Math.max(0, this.inFlight - (offset - first.start));
    first.start = offset;
  }

  private markLost(index: number): void {
    const segment = this.segments.at(index);
    if (segment.sacked || segment.lost) return;
    this.segments.noteLost(index);
    this.inFlight = Math.max(0, this.inFlight - (segment.end - segment.start));
  }
}
