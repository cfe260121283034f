import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './model/context.js';

/** The real clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      // The timer's own AbortError hides the caller's reason.
      signal?.throwIfAborted();
      throw error;
    }
  },
};
