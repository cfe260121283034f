/**
 * Runs several bodies and takes the outcome of the first that ends; the others are aborted and awaited, so that nothing
 * goes on behind the caller's back.
 */
export async function firstToEnd<T>(
  signal: AbortSignal,
  bodies: readonly ((signal: AbortSignal) => Promise<T>)[],
): Promise<T> {
  const stop = new AbortController();
  const inner = AbortSignal.any([signal, stop.signal]);
  const running = bodies.map((body) => body(inner));
  try {
    return await Promise.race(running);
  } finally {
    stop.abort();
    await Promise.allSettled(running);
  }
}
