import type { Clock } from '../src/model/context.js';

/** A clock that moves only when told to, and wakes its sleepers then. */
export interface FakeClock extends Clock {
  advance(ms: number): Promise<void>;
  sleepers(): number;
}

export function fakeClock(): FakeClock {
  let now = 0;
  const sleepers = new Set<{ at: number; wake: () => void }>();
  return {
    now: () => now,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const sleeper = { at: now + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason as Error);
        });
      });
    },
    async advance(ms) {
      now += ms;
      for (const sleeper of [...sleepers]) {
        if (sleeper.at > now) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      // Whoever was woken runs before the test goes on.
      await new Promise((resolve) => setImmediate(resolve));
    },
    sleepers: () => sleepers.size,
  };
}
