import { randomInt } from 'node:crypto';

/** Numbers in [0, 1). */
export type Random = () => number;

/**
 * @param seed the same seed gives the same numbers; without one they are different in every run
 * @param generation which run of a persisted emulator this is, so that a seeded one does not repeat its ids
 */
export function createRandom(seed?: number, generation = 0): Random {
  if (seed === undefined) return () => randomInt(2 ** 32) / 2 ** 32;
  let state = (seed + Math.imul(generation, 0x9e3779b9)) >>> 0;
  // mulberry32: small, well spread, and plenty for ids and for choosing faults.
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
