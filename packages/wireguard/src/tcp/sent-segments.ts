/** What is known of one segment that was sent and not acknowledged. */
export interface SentSegment {
  /** Stream offsets; a FIN counts as one byte at the end. */
  start: number;
  end: number;
  /** When it was sent last. */
  sentAt: number;
  timesSent: number;
  /** The other side has it, by a selective acknowledgment. */
  sacked: boolean;
  /** Taken for lost, and not sent again yet. */
  lost: boolean;
}

/** Segments in flight, in the order of their offsets. A queue whose entries are used again. */
export class SentSegments {
  private items: SentSegment[] = [];
  private head = 0;
  private readonly pool: SentSegment[] = [];
  /** No segment before this position is lost. */
  private lostFrom = 0;
  private lostCount = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  get hasLost(): boolean {
    return this.lostCount > 0;
  }

  at(index: number): SentSegment {
    return this.items[this.head + index] as SentSegment;
  }

  push(start: number, end: number, sentAt: number): void {
    const segment = this.pool.pop() ?? { start, end, sentAt, timesSent: 1, sacked: false, lost: false };
    segment.start = start;
    segment.end = end;
    segment.sentAt = sentAt;
    segment.timesSent = 1;
    segment.sacked = segment.lost = false;
    this.items.push(segment);
  }

  shift(): void {
    this.pool.push(this.items[this.head] as SentSegment);
    this.head += 1;
    if (this.head > 256 && this.head * 2 > this.items.length) {
      this.items.splice(0, this.head);
      this.lostFrom = Math.max(0, this.lostFrom - this.head);
      this.head = 0;
    }
    if (this.pool.length > 4_096) this.pool.length = 1_024;
  }

  /** Position of the first segment that ends after `offset`. */
  positionOf(offset: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at(middle).end <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  noteLost(index: number): void {
    this.at(index).lost = true;
    this.lostCount += 1;
    this.lostFrom = Math.min(this.lostFrom, this.head + index);
  }

  /** It was sent again, or has arrived after all. */
  noteFound(segment: SentSegment): void {
    if (segment.lost) this.lostCount -= 1;
    segment.lost = false;
  }

  /** The first lost segment, cut to at most `maximum` bytes: what is too long by now is split. */
  firstLost(maximum: number): SentSegment | undefined {
    for (let index = Math.max(this.lostFrom, this.head); index < this.items.length; index += 1) {
      const segment = this.items[index] as SentSegment;
      if (!segment.lost) continue;
      this.lostFrom = index;
      if (segment.end - segment.start > maximum) this.split(index, segment.start + maximum);
      return segment;
    }
    this.lostFrom = this.items.length;
    return undefined;
  }

  clear(): void {
    this.items = [];
    this.pool.length = 0;
    this.head = this.lostFrom = this.lostCount = 0;
  }

  private split(index: number, at: number): void {
    const segment = this.items[index] as SentSegment;
    this.items.splice(index + 1, 0, { ...segment, start: at });
    this.lostCount += 1;
    segment.end = at;
  }
}
