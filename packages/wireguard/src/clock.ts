import { performance } from 'node:perf_hooks';

/** Cancels what was planned; does nothing once it has happened. */
export type Cancel = () => void;

/** All time and all scheduling of this package. Tests pass a virtual one. */
export interface Clock {
  /** Milliseconds from an arbitrary start, never running backwards. */
  now(): number;
  /** Milliseconds since 1970, as the computer believes. Used only for the time stamp of a handshake. */
  wallTime(): number;
  /** Calls back once after `delayMs`. A timer alone does not keep the process running. */
  setTimer(callback: () => void, delayMs: number): Cancel;
  /** Calls back once the current batch of input has been read. */
  defer(callback: () => void): void;
}

/** The clock of this computer. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
  defer: (callback) => void setImmediate(callback),
};

/**
 * One timer that is moved more often than it fires. A later deadline costs nothing: the timer below it is left alone, and set
 * again only when it fires too early. So each packet may move it.
 */
export class Alarm {
  private deadline = Infinity;
  private firesAt = Infinity;
  private cancel: Cancel | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly ring: () => void,
  ) {}

  /** Whether it will ring. */
  get isSet(): boolean {
    return this.deadline !== Infinity;
  }

  /** Rings once at `time` (of {@link Clock.now}), instead of when it would have. */
  at(time: number): void {
    this.deadline = time;
    if (time < this.firesAt) this.arm();
  }

  /** Rings after `delayMs`. */
  after(delayMs: number): void {
    this.at(this.clock.now() + delayMs);
  }

  /** Rings after `delayMs`, or when it would have if that is earlier. */
  within(delayMs: number): void {
    this.at(Math.min(this.deadline, this.clock.now() + delayMs));
  }

  /** Does not ring. The timer below stays, and finds nothing to do. */
  clear(): void {
    this.deadline = Infinity;
  }

  /** Does not ring, and lets go of the timer. */
  stop(): void {
    this.clear();
    this.cancel?.();
    this.cancel = undefined;
    this.firesAt = Infinity;
  }

  private arm(): void {
    this.cancel?.();
    this.firesAt = this.deadline;
    this.cancel = this.clock.setTimer(() => this.fire(), Math.max(0, this.deadline - this.clock.now()));
  }

  private fire(): void {
    this.cancel = undefined;
    this.firesAt = Infinity;
    if (this.deadline === Infinity) return;
    // Timers of Node may fire up to a millisecond early.
    if (this.clock.now() + 1 < this.deadline) {
      this.arm();
      return;
    }
    this.deadline = Infinity;
    this.ring();
  }
}
