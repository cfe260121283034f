import { createRedactor } from '@sindri/core';
import { tokenPatterns } from '../../src/auth/token-patterns.js';

describe('token patterns', () => {
  it.each([
    ['FlyV1 fm2_lJPECAAAAA,fm2_xyz', 'FlyV1 ‹redacted›'],
    ['fm2_lJPECAAAAA', '‹redacted›'],
    ['token fo1_abcdef1234', 'token ‹redacted›'],
  ])('hide what looks like a credential of Fly: %s', (text, expected) => {
    expect(createRedactor([], tokenPatterns).text(text)).not.toContain(text.split(' ').at(-1));
    expect(createRedactor([], tokenPatterns).text(text)).toBe(expected);
  });
});
