import type { Clock } from '../clock.js';
import { LOAD_PERIOD, UNDER_LOAD_HANDSHAKES } from './constants.js';

/** Handshakes that one source may begin per period while there are too many. */
const PER_SOURCE = 20;

/** Counts handshake messages, which are the only costly ones that a stranger can send. */
export class HandshakeLoad {
  private periodStart = -Infinity;
  private count = 0;
  private previousCount = 0;
  private perSource = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** Counts one message, and says whether senders must prove now that they can receive. */
  isHeavyAfterOneMore(): boolean {
    const now = this.clock.now();
    if (now - this.periodStart >= LOAD_PERIOD) {
      this.previousCount = now - this.periodStart < 2 * LOAD_PERIOD ? this.count : 0;
      this.periodStart = now;
      this.count = 0;
      this.perSource = new Map();
    }
    this.count += 1;
    return Math.max(this.count, this.previousCount) > UNDER_LOAD_HANDSHAKES;
  }

  /** Whether `source`, which has proved itself, may begin one more. */
  admits(source: string): boolean {
    // The port does not count: one computer has many.
    const host = source.replace(/:\d+$/, '');
    const used = this.perSource.get(host) ?? 0;
    this.perSource.set(host, used + 1);
    return used < PER_SOURCE;
  }
}
