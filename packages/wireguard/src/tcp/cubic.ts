/** RFC 9438. Windows are in bytes here, in segments there. */
const CUBIC_C = 0.4;
const BETA = 0.7;
/** Section 4.3: what makes it as fast as Reno where Reno is faster. */
const RENO_ALPHA = (3 * (1 - BETA)) / (1 + BETA);
/** RFC 6928, section 2. */
const INITIAL_SEGMENTS = 10;
const INITIAL_BYTES = 14_600;
const MINIMUM_SEGMENTS = 2;

/**
 * Congestion control: slow start and what a loss means as in RFC 5681, growth in congestion avoidance as in RFC 9438 (CUBIC), which
 * fills a fast long path in seconds instead of minutes.
 */
export class Cubic {
  /** Bytes that may be in flight. */
  window: number;
  threshold = Infinity;
  private windowBeforeLoss = 0;
  private epochStart = 0;
  private timeToOrigin = 0;
  private origin = 0;
  private renoWindow = 0;

  constructor(private segmentSize: number) {
    this.window = Math.min(INITIAL_SEGMENTS * segmentSize, Math.max(2 * segmentSize, INITIAL_BYTES));
  }

  get isInSlowStart(): boolean {
    return this.window < this.threshold;
  }

  setSegmentSize(bytes: number): void {
    this.segmentSize = bytes;
    this.window = Math.max(this.window, MINIMUM_SEGMENTS * bytes);
  }

  /** `bytes` were acknowledged while the window was in use. Times in milliseconds. */
  acknowledged(bytes: number, now: number, roundTripMs: number): void {
    if (this.isInSlowStart) {
      // RFC 5681, section 3.1, with the byte counting of RFC 3465 and no limit per acknowledgment: the receiver may batch them.
      this.window = Math.min(this.window + bytes, Math.max(this.threshold, this.window));
      return;
    }
    if (this.epochStart === 0) this.startEpoch(now);
    const segments = this.window / this.segmentSize;
    const seconds = (now - this.epochStart + roundTripMs) / 1_000;
    const target = this.origin + CUBIC_C * (seconds - this.timeToOrigin) ** 3;
    this.renoWindow += (RENO_ALPHA * bytes) / this.window;
    const aim = Math.max(Math.min(target, segments * 1.5), this.renoWindow);
    if (aim > segments) this.window += ((aim - segments) / segments) * bytes;
  }

  /** Loss was noticed by acknowledgments (section 4.6); at most once per round trip. */
  lost(): void {
    const segments = this.window / this.segmentSize;
    // Section 4.7, fast convergence: a flow that shrinks twice in a row makes room for a new one.
    this.windowBeforeLoss = segments < this.windowBeforeLoss ? (segments * (1 + BETA)) / 2 : segments;
    this.threshold = Math.max(this.window * BETA, MINIMUM_SEGMENTS * this.segmentSize);
    this.window = this.threshold;
    this.epochStart = 0;
  }

  /** The retransmission timer has run out (section 4.8): one segment, then slow start up to the threshold. */
  timedOut(isFirst: boolean): void {
    if (isFirst) this.lost();
    this.window = this.segmentSize;
    this.epochStart = 0;
  }

  /** Nothing was sent for a retransmission timeout: the path may have changed (RFC 5681, section 4.1). */
  idle(): void {
    this.window = Math.min(this.window, INITIAL_SEGMENTS * this.segmentSize);
    this.epochStart = 0;
  }

  private startEpoch(now: number): void {
    const segments = this.window / this.segmentSize;
    this.epochStart = now;
    this.renoWindow = segments;
    this.origin = Math.max(this.windowBeforeLoss, segments);
    this.timeToOrigin = Math.cbrt((this.origin - segments) / CUBIC_C);
  }
}
