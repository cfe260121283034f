import { cutText, escapeJson, harmlessText, LONGEST_TEXT, plainText } from '../../src/terminal/outside-text';

describe('text from outside', () => {
  it.each([
    ['colours of a log', '\u001b[31mred\u001b[0m', 'red'],
    ['a window title', 'a\u001b]0;owned\u0007b', 'ab'],
    ['a title that never ends', 'a\u001b]0;rest of the page\nb', 'a]0;rest of the page\nb'],
    ['a link', '\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['a carriage return that would write over the line', 'safe\rEVIL', 'safe EVIL'],
    ['line ends of another system', 'one\r\ntwo\tthree', 'one\ntwo\tthree'],
    ['C1 controls', 'a\u009b31m\u0085b', 'a31mb'],
    ['a name that reads backwards', 'invoice\u202egpj.exe', 'invoicegpj.exe'],
    ['marks of direction', 'a\u200e\u200f\u2066\u2069\u061cb', 'ab'],
    ['nothing that hides in a word', 'pay\u200bpal\u200d.\u2060com\ufeff\u{e0041}', 'paypal.com'],
    ['other line ends', 'a\u2028b\u2029c', 'a b c'],
  ])('%s', (_title, text, shown) => expect(harmlessText(text)).toBe(shown));

  it('leaves words of every language and emoji alone', () => {
    for (const text of ['Zürich – 東京', 'می‌خواهم', 'क्‍ष', '👩‍💻 👨🏽‍🔧 🏳️‍🌈', '✓ ± → …'])
      expect(harmlessText(text)).toBe(text);
  });

  it('is cut where nobody reads on, and never in the middle of a character', () => {
    expect(harmlessText(`${'x'.repeat(5_000)}\nshort`)).toBe(`${'x'.repeat(LONGEST_TEXT - 1)}…\nshort`);
    expect(cutText('x'.repeat(LONGEST_TEXT))).toHaveLength(LONGEST_TEXT);
    expect(cutText(`${'x'.repeat(LONGEST_TEXT - 2)}😀😀`)).toBe(`${'x'.repeat(LONGEST_TEXT - 2)}…`);
    expect(plainText('line\n'.repeat(5_000))).toHaveLength(LONGEST_TEXT);
  });
});

it('JSON escapes what a terminal would obey, and means the same', () => {
  const value = { 'k\u202ey': 'a\u009b31m \u2028 \u200b \u{e0041} 東京 😀 \u0085' };
  const json = escapeJson(JSON.stringify(value));
  expect(json).not.toMatch(/[\u007f-\u009f\u200b\u2028\u202e]/);
  expect(json).toContain('東京 😀');
  expect(JSON.parse(json)).toEqual(value);
});
