import type { Cancel, Clock } from '../../src/clock.js';

interface Timer {
  at: number;
  order: number;
  callback: () => void;
}

/** Enough for a chain of streams to hand on what they have. */
const TICKS = 12;

/** Time that passes only when a test says so. What Node's streams do in between (ticks and promises) is waited for. */
export class VirtualClock implements Clock {
  private time = 0;
  private slept = 0;
  private order = 0;
  private timers: Timer[] = [];
  private deferred: (() => void)[] = [];

  constructor(private readonly startOfTime = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  wallTime(): number {
    return this.startOfTime + this.slept + this.time;
  }

  setTimer(callback: () => void, delayMs: number): Cancel {
    const timer = { at: this.time + Math.max(0, delayMs), order: this.order++, callback };
    this.insert(timer);
    return () => {
      const index = this.timers.indexOf(timer);
      if (index >= 0) this.timers.splice(index, 1);
    };
  }

  defer(callback: () => void): void {
    this.deferred.push(callback);
  }

  /** The computer sleeps: its steady clock stands still, that on the wall goes on. */
  sleep(ms: number): void {
    this.slept += ms;
  }

  /** How many timers are set. */
  get pending(): number {
    return this.timers.length;
  }

  /** Lets `ms` pass. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await this.settle();
      const next = this.timers[0];
      if (next === undefined || next.at > end) break;
      this.time = next.at;
      this.fireDue();
    }
    this.time = end;
  }

  /** Lets time pass until `condition` holds. Fails when it does not within `limitMs`. */
  async until(condition: () => boolean, limitMs: number): Promise<void> {
    const end = this.time + limitMs;
    for (;;) {
      await this.settle();
      if (condition()) return;
      const next = this.timers[0];
      if (next === undefined) throw new Error(`Nothing is going to happen any more, at ${this.time} ms.`);
      if (next.at > end) throw new Error(`It has not happened within ${limitMs} ms.`);
      this.time = next.at;
      this.fireDue();
    }
  }

  private fireDue(): void {
    while (this.timers.length > 0 && (this.timers[0] as Timer).at <= this.time)
      (this.timers.shift() as Timer).callback();
  }

  private async settle(): Promise<void> {
    do {
      const { deferred } = this;
      this.deferred = [];
      for (const callback of deferred) callback();
      // A whole turn of the event loop for each step would be most of the time that a test takes.
      for (let tick = 0; tick < TICKS; tick += 1) await new Promise<void>((resolve) => process.nextTick(resolve));
    } while (this.deferred.length > 0);
  }

  private insert(timer: Timer): void {
    let low = 0;
    let high = this.timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.timers[middle] as Timer).at <= timer.at) low = middle + 1;
      else high = middle;
    }
    this.timers.splice(low, 0, timer);
  }
}
