import type { RoundTrip } from './round-trip.js';
import type { SentSegment, SentSegments } from './sent-segments.js';

/** Segments that must have arrived out of order before one is taken for lost (RFC 5681, section 3.2). */
export const DUPLICATE_THRESHOLD = 3;
/** Round trips that a wider reordering window is kept for. */
const KEEP_WINDOW_RECOVERIES = 16;

/**
 * Which segments are lost, judged by time: RACK (RFC 8985). A segment is lost when one that was sent later has arrived, and it has
 * not within a reordering window. This finds lost retransmissions, too, and is not deceived by reordering.
 */
export class LossDetection {
  /** Segments in flight that the other side has, beyond its cumulative acknowledgment. */
  sackedSegments = 0;
  /** Highest offset that is known to have arrived. */
  private highest = 0;
  private reorderingSeen = false;
  private windowMultiplier = 1;
  private keepMultiplier = 0;
  private newestSentAt = -Infinity;
  private newestEnd = 0;
  private newestRoundTrip = 0;

  constructor(private readonly roundTrip: RoundTrip) {}

  /** `segment` has arrived, as an acknowledgment of either kind says (section 6.2, steps 2 and 3). */
  delivered(segment: SentSegment, now: number): void {
    if (segment.end < this.highest && segment.timesSent === 1) this.reorderingSeen = true;
    this.highest = Math.max(this.highest, segment.end);
    const elapsed = now - segment.sentAt;
    // The acknowledgment of a first transmission must not count for the second.
    if (segment.timesSent > 1 && elapsed < this.roundTrip.minimum) return;
    if (!sentAfter(segment.sentAt, segment.end, this.newestSentAt, this.newestEnd)) return;
    this.newestSentAt = segment.sentAt;
    this.newestEnd = segment.end;
    this.newestRoundTrip = elapsed;
  }

  /** The other side got something twice: what we took for loss was reordering. */
  duplicateReported(): void {
    this.reorderingSeen = true;
    this.windowMultiplier = Math.min(this.windowMultiplier + 1, 16);
    this.keepMultiplier = KEEP_WINDOW_RECOVERIES;
  }

  recoveryEnded(): void {
    this.keepMultiplier -= 1;
    if (this.keepMultiplier <= 0) this.windowMultiplier = 1;
  }

  /**
   * Calls `lost` for each segment that is lost by now (step 5). Returns the milliseconds after which to ask again, or 0 when time
   * alone will change nothing.
   */
  detect(segments: SentSegments, isRecovering: boolean, now: number, lost: (index: number) => void): number {
    const window = this.reorderingWindow(isRecovering);
    let askAgain = 0;
    for (let index = 0; index < segments.length; index += 1) {
      const segment = segments.at(index);
      if (segment.sacked || segment.lost) continue;
      if (sentAfter(segment.sentAt, segment.end, this.newestSentAt, this.newestEnd) || segment.end === this.newestEnd) {
        // Whatever follows was sent still later, unless it was sent again.
        if (segment.timesSent === 1) break;
        continue;
      }
      const remaining = segment.sentAt + this.newestRoundTrip + window - now;
      if (remaining <= 0) lost(index);
      else askAgain = Math.max(askAgain, remaining);
    }
    return askAgain;
  }

  /** Section 6.2, step 4. */
  private reorderingWindow(isRecovering: boolean): number {
    if (!this.reorderingSeen && (isRecovering || this.sackedSegments >= DUPLICATE_THRESHOLD)) return 0;
    const { minimum, smoothed } = this.roundTrip;
    return minimum === Infinity ? 0 : Math.min((this.windowMultiplier * minimum) / 4, smoothed);
  }
}

function sentAfter(time: number, end: number, otherTime: number, otherEnd: number): boolean {
  return time > otherTime || (time === otherTime && end > otherEnd);
}
