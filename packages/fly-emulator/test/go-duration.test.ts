import { parseGoDuration } from '../src/go-duration.js';

test.each([
  ['30s', 30_000],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
  ['250ms', 250],
  ['175200h0m0s', 630_720_000_000],
  ['0', 0],
  [5_000_000_000, 5000],
])('%p is a duration', (text, ms) => expect(parseGoDuration(text)).toBe(ms));

test.each([['10'], [''], ['ten seconds'], ['5 s'], [null], [undefined], [true]])('%p is none', (value) =>
  expect(parseGoDuration(value)).toBeNull(),
);
