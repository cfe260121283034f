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

/**
 * A signal that is aborted with `signal`, or with a `TimeoutError` after `ms` of real time. For what runs on sockets; everything else waits
 * by the clock of its context. `AbortSignal.any` over `AbortSignal.timeout` is not enough: Node 20 collects a time limit that nobody else
 * holds, and then it never ends anything.
 */
export function timeLimit(signal: AbortSignal, ms: number): AbortSignal {
  const limit = AbortSignal.timeout(ms);
  // Whoever is listened to is not collected.
  limit.addEventListener('abort', () => undefined, { once: true });
  return AbortSignal.any([signal, limit]);
}
