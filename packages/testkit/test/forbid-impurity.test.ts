import { forbidImpurity, frozenCopy } from '../src/forbid-impurity.js';

describe('forbidImpurity', () => {
  test.each([
    ['Date.now', () => Date.now(), 'it used Date.now()'],
    ['new Date', () => new Date(), 'it used new Date()'],
    ['Math.random', () => Math.random(), 'it used Math.random()'],
    ['setTimeout', () => setTimeout(() => undefined, 1), 'it used setTimeout()'],
    ['fetch', () => fetch('http://localhost'), 'it used fetch()'],
  ])('%s is forbidden, and allowed again afterwards', (_name, use, message) => {
    expect(() => forbidImpurity<unknown>(use)).toThrow(message);
    expect(Date.now()).toBeGreaterThan(0);
    expect(new Date().getTime()).toBeGreaterThan(0);
    expect(Math.random()).toBeLessThan(1);
    clearTimeout(setTimeout(() => undefined, 1));
  });

  test('a date that was told is fine', () => {
    expect(forbidImpurity(() => new Date('2026-01-01T00:00:00Z').getTime())).toBe(1767225600000);
    expect(forbidImpurity(() => new Date(0) instanceof Date)).toBe(true);
  });
});

test('frozenCopy freezes at every level and leaves the original alone', () => {
  const original = { list: [{ a: 1 }] };
  const copy = frozenCopy(original);
  expect(() => ((copy.list[0] as { a: number }).a = 2)).toThrow(TypeError);
  (original.list[0] as { a: number }).a = 3;
  expect(copy).toEqual({ list: [{ a: 1 }] });
});
