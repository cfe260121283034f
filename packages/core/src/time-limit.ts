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
