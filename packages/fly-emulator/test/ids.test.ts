import { createVirtualClock } from '../src/clock.js';
import { createIds } from '../src/ids.js';
import { createRandom } from '../src/random.js';

const make = (seed: number, generation = 0) => createIds(createRandom(seed, generation), createVirtualClock());

test('ids have the shapes Fly gives them', () => {
  const ids = make(1);
  expect(ids.machine()).toMatch(/^[0-9a-f]{14}$/);
  expect(ids.volume()).toMatch(/^vol_[a-z0-9]{16}$/);
  expect(ids.ulid()).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
});

test('ulids of one millisecond sort by order of making', () => {
  const ids = make(2);
  const made = Array.from({ length: 2000 }, () => ids.ulid());
  expect([...made].sort()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
});

test('a seed repeats ids, and the next run with the same state does not', () => {
  expect(make(7).machine()).toBe(make(7).machine());
  expect(make(7, 1).machine()).not.toBe(make(7, 0).machine());
});
