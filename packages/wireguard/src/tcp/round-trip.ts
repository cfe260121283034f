/** RFC 6298, with the clock granularity and bounds of Linux: 200 ms instead of one second, which section 2.4 calls conservative. */
const MINIMUM_RTO_MS = 200;
const MAXIMUM_RTO_MS = 60_000;
const INITIAL_RTO_MS = 1_000;
const GRANULARITY_MS = 1;
/** How long the smallest round trip is believed. */
const MINIMUM_LIFETIME_MS = 300_000;

/** Estimates the round trip and, from it, how long to wait for an acknowledgment. All in milliseconds. */
export class RoundTrip {
  /** Smoothed; 0 before the first measurement. */
  smoothed = 0;
  minimum = Infinity;
  private variation = 0;
  private backoffs = 0;
  private minimumAt = 0;

  /** One measurement, never of something sent twice (Karn's algorithm, section 3). */
  measure(sample: number, now: number): void {
    const value = Math.max(sample, 0.01);
    if (value <= this.minimum || now - this.minimumAt > MINIMUM_LIFETIME_MS) {
      this.minimum = value;
      this.minimumAt = now;
    }
    // Section 2.2, then 2.3.
    if (this.smoothed === 0) {
      this.smoothed = value;
      this.variation = value / 2;
    } else {
      this.variation += (Math.abs(this.smoothed - value) - this.variation) / 4;
      this.smoothed += (value - this.smoothed) / 8;
    }
    this.backoffs = 0;
  }

  /** The retransmission timeout, doubled for each one that has passed in vain (section 5.5). */
  get timeout(): number {
    const base =
      this.smoothed === 0
        ? INITIAL_RTO_MS
        : Math.max(MINIMUM_RTO_MS, this.smoothed + Math.max(GRANULARITY_MS, 4 * this.variation));
    return Math.min(base * 2 ** this.backoffs, MAXIMUM_RTO_MS);
  }

  get isBackedOff(): boolean {
    return this.backoffs > 0;
  }

  backOff(): void {
    if (this.timeout < MAXIMUM_RTO_MS) this.backoffs += 1;
  }

  /** New data was acknowledged, or the path is known to work again. */
  forgetBackoff(): void {
    this.backoffs = 0;
  }
}
