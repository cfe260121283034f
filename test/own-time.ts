const STEP_MS = 10;

export interface OwnTime {
  /** Milliseconds since it began. */
  elapsedMs(): number;
  stop(): void;
}

/**
 * Time as this process has lived through it, for what must not be waited for long: pauses and silent sockets count in full, and what a
 * busy machine gave to others in the meantime does not.
 */
export function ownTime(): OwnTime {
  let steps = 0;
  const timer = setInterval(() => (steps += 1), STEP_MS);
  return { elapsedMs: () => steps * STEP_MS, stop: () => clearInterval(timer) };
}
