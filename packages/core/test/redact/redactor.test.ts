import { createRedactor } from '../src/redact';

describe('redaction', () => {
  it('hides known values, whole and line by line, also as JSON writes them', () => {
    const redactor = createRedactor(['s3cret-value', 'line-one\nline-two', 'quo"ted']);
    expect(redactor.text('a s3cret-value b')).toBe('a ‹redacted› b');
    expect(redactor.text('line-two, line-one')).toBe('‹redacted›, ‹redacted›');
    expect(redactor.text(JSON.stringify({ a: 'quo"ted' }))).toBe('{"a":"‹redacted›"}');
  });

  it('hides a secret that contains another one whole', () => {
    expect(createRedactor(['abcd', 'abcdefgh']).text('abcdefgh')).toBe('‹redacted›');
  });

  it.each([
    ['FlyV1 fm2_lJPECAAAAA,fm2_xyz', 'FlyV1 ‹redacted›'],
    ['fm2_lJPECAAAAA', '‹redacted›'],
    ['token fo1_abcdef1234', 'token ‹redacted›'],
    ['Authorization: Bearer abc.def-123', 'Authorization: Bearer ‹redacted›'],
    ['Authorization: Basic eDpmbTJfYWJj', 'Authorization: Basic ‹redacted›'],
  ])('hides what looks like a credential: %s', (text, expected) => {
    expect(createRedactor().text(text)).not.toContain(text.split(' ').at(-1));
    expect(createRedactor().text(text)).toBe(expected);
  });

  it('leaves ordinary words and very short values alone', () => {
    const redactor = createRedactor(['abc', undefined]);
    expect(redactor.text('Basic configuration abc')).toBe('Basic configuration abc');
  });

  it('reaches into objects, keys included', () => {
    const redactor = createRedactor(['hidden']);
    expect(redactor.value({ hidden: [{ a: 'x hidden' }], n: 1, z: null })).toEqual({
      '‹redacted›': [{ a: 'x ‹redacted›' }],
      n: 1,
      z: null,
    });
  });
});
