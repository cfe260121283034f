import type { Clock } from './model/context.js';

/** The real clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // Not by node:timers/promises: that makes an error of its own, with a stack trace, for each sleep that ends early, and there are two
  // for each connection that is forwarded.
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  },
};
