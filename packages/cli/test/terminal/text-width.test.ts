import { plainText } from '../../src/terminal/outside-text.js';
import { displayWidth, fitText } from '../../src/terminal/text-width.js';

test('text from outside becomes one harmless line', () => {
  expect(plainText('a\r\nb\tc\n')).toBe('a b c');
  expect(plainText('\u001b[31mred\u001b[0m \u001b]0;new title\u0007ok \u001b[2J\u001b[Hgone?')).toBe('red ok gone?');
  expect(plainText('bell\u0007 back\u0008 nul\u0000 c1\u009b31m')).toBe('bell back nul c131m');
  expect(plainText('\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\')).toBe('link');
  expect(plainText('\u001b7\u001b8\u001bc\u202etxt.exe')).toBe('txt.exe');
});

test('counts columns, not characters', () => {
  expect(displayWidth('abc')).toBe(3);
  expect(displayWidth('\u001b[32mgreen\u001b[39m')).toBe(5);
  expect(displayWidth('日本')).toBe(4);
  expect(displayWidth('e\u0301')).toBe(1);
  expect(displayWidth('🚀')).toBe(2);
});

test('cuts to the width', () => {
  expect(fitText('short', 5)).toBe('short');
  expect(fitText('longer', 5)).toBe('long…');
  expect(fitText('日本語', 5)).toBe('日本…');
  expect(fitText('x', 0)).toBe('');
});
