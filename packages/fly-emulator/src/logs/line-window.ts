import { toNdjson, type LogLine } from './log-line.js';

/** Kept of one app, whichever is reached first. Bytes are those of the line on disk. */
export interface WindowLimits {
  lines: number;
  bytes: number;
}

/** The newest lines of one app. */
export interface LineWindow {
  /** Oldest first. */
  lines(): readonly LogLine[];
  /** Returns the line as it goes to disk. */
  push(line: LogLine): string;
  /** Lines newer than `nanos`; and how many such there were that are not kept any more: that many or, unless `exact`, fewer. */
  after(nanos: bigint): { lines: LogLine[]; missed: number; exact: boolean };
  /** Remembers that somebody has read as far as this line and may come back for what follows. */
  readUntil(nanos: string): void;
}

/** Over its limits a window is emptied down to this part of them at once, so that a line in a full window costs no more than another. */
const AFTER_TRIM = 0.9;
/** Readers of one app whose place is remembered. */
const PLACES = 100;

export function createLineWindow(limits: WindowLimits): LineWindow {
  const lines: LogLine[] = [];
  const sizes: number[] = [];
  const places = new Map<string, number>();
  let bytes = 0;
  let dropped = 0;
  let newestDropped = -1n;

  const trim = (): void => {
    const fits = (kept: number, size: number): boolean =>
      kept <= limits.lines * AFTER_TRIM && size <= limits.bytes * AFTER_TRIM;
    let first = 0;
    for (; first < lines.length - 1 && !fits(lines.length - first, bytes); first++) bytes -= sizes[first] ?? 0;
    newestDropped = BigInt(lines[first - 1]?.nanos ?? newestDropped);
    lines.splice(0, first);
    sizes.splice(0, first);
    dropped += first;
  };

  return {
    lines: () => lines,
    push(line) {
      const text = toNdjson(line);
      lines.push(line);
      sizes.push(text.length);
      bytes += text.length;
      if (lines.length > limits.lines || bytes > limits.bytes) trim();
      return text;
    },
    after(nanos) {
      const first = firstAfter(lines, nanos);
      const read = places.get(nanos.toString());
      if (nanos >= newestDropped) return { lines: lines.slice(first), missed: 0, exact: true };
      // A time that no line here ever had is a guess of the reader's: everything that is gone may be newer.
      return { lines: lines.slice(first), missed: dropped - (read ?? 0), exact: read !== undefined };
    },
    readUntil(nanos) {
      places.delete(nanos);
      places.set(nanos, dropped + firstAfter(lines, BigInt(nanos)));
      const [oldest] = places.keys();
      if (places.size > PLACES && oldest !== undefined) places.delete(oldest);
    },
  };
}

/** Index of the first line that is newer; lines are in order. */
function firstAfter(lines: readonly LogLine[], nanos: bigint): number {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (BigInt(lines[middle]?.nanos ?? 0) > nanos) high = middle;
    else low = middle + 1;
  }
  return low;
}
