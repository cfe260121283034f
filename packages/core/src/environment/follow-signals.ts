/** One signal that follows several, and a way to let go of them. */
export interface FollowedSignal {
  signal: AbortSignal;
  /** Stops following, so that a long-lived signal does not collect listeners. */
  release(): void;
}

/** The returned signal is aborted, with the same reason, as soon as one of `signals` is. */
export function followSignals(signals: (AbortSignal | undefined)[]): FollowedSignal {
  const sources = signals.filter((signal) => signal !== undefined);
  const controller = new AbortController();
  const abort = (event: Event): void => controller.abort((event.target as AbortSignal).reason);
  for (const source of sources) {
    if (source.aborted) {
      controller.abort(source.reason);
      break;
    }
    source.addEventListener('abort', abort, { once: true });
  }
  return {
    signal: controller.signal,
    release() {
      for (const source of sources) source.removeEventListener('abort', abort);
    },
  };
}

/** Settles like `promise`, but rejects with `signal.reason` as soon as the signal is aborted. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  // Whoever loses the race must not become an unhandled rejection.
  aborted.catch(() => undefined);
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}
