import { formatElapsed } from '../../src/terminal/elapsed.js';

test.each([
  [0, '0.0 s'],
  [449, '0.4 s'],
  [9_940, '9.9 s'],
  [9_960, '10 s'],
  [59_400, '59 s'],
  [59_600, '1 min 00 s'],
  [125_000, '2 min 05 s'],
  [-5, '0.0 s'],
])('%d ms is %s', (ms, text) => {
  expect(formatElapsed(ms)).toBe(text);
});
