export const TIMESTAMP_BYTES = 12;

const TAI_OFFSET = 0x40000000;
const TAI_LOW = 10;
/** Time is told in steps of 2^24 ns (about 17 ms), so that it says little about the clock. */
const STEP_NS = 2 ** 24;

/** TAI64N (WireGuard paper, section 5.4.2): 8 bytes of seconds, 4 bytes of nanoseconds, big-endian, so that bytes compare like times. */
export function tai64n(wallTimeMs: number): Buffer {
  const seconds = Math.floor(wallTimeMs / 1000);
  const nanoseconds = Math.floor((wallTimeMs - seconds * 1000) * 1e6);
  const bytes = Buffer.alloc(TIMESTAMP_BYTES);
  bytes.writeUInt32BE(TAI_OFFSET + Math.floor((seconds + TAI_LOW) / 2 ** 32), 0);
  bytes.writeUInt32BE((seconds + TAI_LOW) % 2 ** 32, 4);
  bytes.writeUInt32BE(nanoseconds - (nanoseconds % STEP_NS), 8);
  return bytes;
}

/** The time stamps of one peer: each is later than the one before, even when the clock stands still or is set back. */
export class TimestampSource {
  private last: Buffer = Buffer.alloc(TIMESTAMP_BYTES);

  next(wallTimeMs: number): Buffer {
    let candidate = tai64n(wallTimeMs);
    if (candidate.compare(this.last) <= 0) {
      candidate = Buffer.from(this.last);
      const nanoseconds = candidate.readUInt32BE(8) + STEP_NS;
      if (nanoseconds < 1e9) candidate.writeUInt32BE(nanoseconds, 8);
      else {
        candidate.writeUInt32BE(0, 8);
        candidate.writeUInt32BE((candidate.readUInt32BE(4) + 1) >>> 0, 4);
      }
    }
    this.last = candidate;
    return candidate;
  }
}
