import type { Entering } from '../private-network/pool.js';

type Leaver = Pick<Entering, 'leave'>;

/** Leaves a network when nobody needs it any more: with `until` one place in it is kept up to then, for the streams that follow. */
export function createLeaving(): (entering: Leaver, until: AbortSignal | undefined) => void {
  const kept = new WeakMap<AbortSignal, Leaver>();
  return (entering, until) => {
    if (until === undefined || until.aborted) {
      entering.leave();
      return;
    }
    const before = kept.get(until);
    kept.set(until, entering);
    if (before === undefined) until.addEventListener('abort', () => kept.get(until)?.leave(), { once: true });
    else before.leave();
  };
}
