import type { Clock } from '@sindri/core';

/** How time goes by. */
export interface FakeClockOptions {
  /** The first time that it tells, ms since the epoch. Default: 2026-01-01T00:00:00Z. */
  start?: number;
  /** How much later it is with every look, in ms: so that no two things happen at the same time. Default 0. */
  tickMs?: number;
  /**
   * `at once`: a sleep takes no time and moves the clock by as much. `by hand`: it lasts until {@link FakeClock.advance} has
   * gone that far. Default `at once`.
   */
  sleeps?: 'at once' | 'by hand';
}

/** A clock for tests: nobody waits, and time goes by when it is told to. */
export interface FakeClock extends Clock {
  /** Moves time on, and ends the sleeps that are over by then, the shortest first. Each may begin another one. */
  advance(ms: number): Promise<void>;
  /** How long each unfinished sleep still takes, in ms, the shortest first. */
  readonly sleeping: readonly number[];
  /** Every sleep that was begun so far, in ms. */
  readonly slept: readonly number[];
}

interface Sleeper {
  until: number;
  wake(): void;
}

/** Makes a clock that stands still until somebody looks, sleeps, or moves it. */
export function createFakeClock(options: FakeClockOptions = {}): FakeClock {
  const { start = Date.UTC(2026, 0, 1), tickMs = 0, sleeps = 'at once' } = options;
  let now = start;
  const sleepers = new Set<Sleeper>();
  const slept: number[] = [];
  const inOrder = (): Sleeper[] => [...sleepers].sort((a, b) => a.until - b.until);

  return {
    now: () => (now += tickMs),
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      if (sleeps === 'at once') {
        now += ms;
        return;
      }
      const sleeper: Sleeper = { until: now + ms, wake: () => undefined };
      let onAbort = (): void => undefined;
      try {
        await new Promise<void>((resolve, reject) => {
          onAbort = () => reject(signal?.reason as Error);
          sleeper.wake = resolve;
          signal?.addEventListener('abort', onAbort, { once: true });
          sleepers.add(sleeper);
        });
      } finally {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', onAbort);
      }
    },
    async advance(ms) {
      // Whoever is about to sleep, sleeps before time goes on.
      await new Promise((resolve) => setImmediate(resolve));
      const end = now + ms;
      for (let [next] = inOrder(); next !== undefined && next.until <= end; [next] = inOrder()) {
        now = Math.max(now, next.until);
        sleepers.delete(next);
        next.wake();
        // Whoever has been woken may want to sleep again before time goes on.
        await new Promise((resolve) => setImmediate(resolve));
      }
      now = end;
    },
    get sleeping() {
      return inOrder().map(({ until }) => until - now);
    },
    get slept() {
      return [...slept];
    },
  };
}
