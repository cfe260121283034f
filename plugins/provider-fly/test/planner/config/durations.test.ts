import { durationToNanoseconds, sameDuration } from '../../../src/planner/config/durations.js';

describe('durations', () => {
  it.each([
    ['30s', 30e9],
    ['2m0s', 120e9],
    ['1h30m', 5400e9],
    ['1.5s', 1.5e9],
    ['250ms', 250e6],
    ['10us', 10e3],
    ['5ns', 5],
    [30_000_000_000, 30e9],
    ['30', null],
    ['soon', null],
    [null, null],
  ])('%j is %j ns', (text, nanoseconds) => {
    expect(durationToNanoseconds(text)).toBe(nanoseconds);
  });

  it('are compared by length, not by letters', () => {
    expect(sameDuration('120s', '2m0s')).toBe(true);
    expect(sameDuration('120s', 120e9)).toBe(true);
    expect(sameDuration('120s', '2m')).toBe(true);
    expect(sameDuration('30s', undefined)).toBe(false);
    expect(sameDuration(undefined, undefined)).toBe(true);
  });
});
