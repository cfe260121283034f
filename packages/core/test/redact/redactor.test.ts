import { createRedactor } from '../../src/redact/redactor.js';

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
    ['Authorization: Bearer abc.def-123', 'Authorization: Bearer ‹redacted›'],
    ['Authorization: Basic eDpmbTJfYWJj', 'Authorization: Basic ‹redacted›'],
  ])('hides what looks like a credential: %s', (text, expected) => {
    expect(createRedactor().text(text)).not.toContain(text.split(' ').at(-1));
    expect(createRedactor().text(text)).toBe(expected);
  });

  it("hides what a platform's own pattern matches, and keeps what its first group names", () => {
    const redactor = createRedactor([], [/\b(CloudV1)\s+[\w,]{4,}/, /\bct_\w{4,}/]);
    expect(redactor.text('CloudV1 ct_abcdef,ct_xyz ct_123456')).toBe('CloudV1 ‹redacted› ‹redacted›');
  });

  it('never hides our own keys and words, nor what a platform calls its things', () => {
    const document = {
      schema: 'sindri.status/1',
      state: 'running',
      platformState: 'started',
      resource: { type: 'machine', name: 'demo-1' },
      message: 'create machine demo-1',
    };
    const redactor = createRedactor(['running', 'started', 'state', 'platformState', 'machine']);
    redactor.allow('machine');
    expect(redactor.value(document)).toEqual(document);
    redactor.add('machine');
    expect(redactor.value(document)).toEqual(document);
    redactor.allow('Not a word');
    redactor.add('Not a word');
    expect(redactor.text('Not a word')).toBe('‹redacted›');
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
