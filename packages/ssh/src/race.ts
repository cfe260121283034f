import type { Clock } from '@sindri/core';

export interface RaceOptions<T> {
  signal: AbortSignal;
  clock: Clock;
  /** How long an attempt may run before the next one joins it. */
  staggerMs: number;
  /** Gets the value of an attempt that succeeded after another one had won. */
  discard(value: T): void;
}

/** No attempt succeeded: one error per started attempt, in order. */
export class RaceLost extends Error {
  constructor(readonly errors: readonly unknown[]) {
    super('every attempt failed');
  }
}

/**
 * Runs attempts in order, each next one as soon as the one before has failed or has taken `staggerMs`, and resolves with the
 * first success. The signal that each attempt gets is aborted when the race is over, so that losers let go of what they hold.
 *
 * Rejects with {@link RaceLost} when every attempt failed, or when `options.signal` was aborted and those running gave up.
 */
export function raceStaggered<T>(
  attempts: readonly ((signal: AbortSignal) => Promise<T>)[],
  options: RaceOptions<T>,
): Promise<T> {
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  const errors: unknown[] = [];
  let started = 0;
  let failed = 0;
  let settled = false;

  return new Promise<T>((resolve, reject) => {
    if (options.signal.aborted || attempts.length === 0) return reject(new RaceLost([]));
    startAfter(-1);

    function startAfter(index: number): void {
      const attempt = attempts[index + 1];
      // Whichever of failure and stagger comes second finds the next attempt already running.
      if (settled || options.signal.aborted || started !== index + 1 || attempt === undefined) return;
      const current = started++;
      attempt(signal).then(
        (value) => (settled ? options.discard(value) : settle(() => resolve(value))),
        (error: unknown) => onFailure(current, error),
      );
      if (attempts[current + 1] === undefined) return;
      options.clock.sleep(options.staggerMs, signal).then(
        () => startAfter(current),
        () => undefined,
      );
    }

    function onFailure(index: number, error: unknown): void {
      if (settled) return;
      errors[index] = error;
      failed += 1;
      const last = options.signal.aborted ? failed === started : failed === attempts.length;
      if (last) settle(() => reject(new RaceLost(errors)));
      else startAfter(index);
    }

    function settle(act: () => void): void {
      settled = true;
      over.abort();
      act();
    }
  });
}
