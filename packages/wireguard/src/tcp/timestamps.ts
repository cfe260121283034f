import type { Clock } from '../clock.js';

/**
 * The timestamps of one connection (RFC 7323, section 3), when the other side has asked for them: what it sent last is echoed, and tells it
 * its round trip even of what it had to send again. Without that flyctl doubles its retransmission timeout with each loss, and after a few
 * stands still. We ask for none: our own round trips are measured by what was sent once.
 *
 * They are not used to refuse old segments (section 5): the replay window of WireGuard lets none through that could be taken for new.
 */
export class Timestamps {
  /** What is echoed: TS.Recent of section 4.3. */
  echo: number;

  /** `first` is the one that came with the SYN. */
  constructor(
    private readonly clock: Clock,
    first: number,
  ) {
    this.echo = first;
  }

  /** What our own segments carry: milliseconds. */
  get value(): number {
    return Math.floor(this.clock.now()) >>> 0;
  }

  /**
   * The timestamp of a segment that begins at `start`, when everything before `acknowledged` has been acknowledged to the other side: of several
   * that one acknowledgment answers, the first counts, so that the time which they waited here is part of the round trip.
   */
  take(timestamp: number, start: number, acknowledged: number): void {
    if (start <= acknowledged && ((timestamp - this.echo) | 0) >= 0) this.echo = timestamp;
  }
}
