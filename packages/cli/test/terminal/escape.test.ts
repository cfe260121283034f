import { createEscapeFilter } from '../../src/terminal/escape.js';

/** Feeds each string as one chunk; actions appear as `<name>`. */
function type(...chunks: string[]): string {
  const filter = createEscapeFilter();
  return chunks
    .map((chunk) => {
      const { bytes, actions } = filter(Buffer.from(chunk));
      return bytes.toString() + actions.map((action) => `<${action}>`).join('');
    })
    .join('');
}

test.each([
  ['at the very beginning', ['~.'], '<disconnect>'],
  ['after a return', ['ls\r~.'], 'ls\r<disconnect>'],
  ['after a line feed', ['ls\n~.'], 'ls\n<disconnect>'],
  ['cut anywhere', ['ls\r', '~', '.'], 'ls\r<disconnect>'],
  ['help, and then again at the start of the line', ['~?~.'], '<help><disconnect>'],
  ['not in the middle of a line', ['ls ~.'], 'ls ~.'],
  ['not a path in a home directory', ['~/bin\r~user'], '~/bin\r~user'],
  ['two tildes are one', ['~~.'], '~.'],
  ['a held tilde goes on with the next key', ['~', '\r', '~.'], '~\r<disconnect>'],
  ['bytes that are no text pass', ['grüße\r'], 'grüße\r'],
])('%s', (_name, chunks, expected) => {
  expect(type(...chunks)).toBe(expected);
});

test('a tilde is held back until the next key', () => {
  const filter = createEscapeFilter();
  expect(filter(Buffer.from('~')).bytes).toHaveLength(0);
  expect(filter(Buffer.from('a')).bytes.toString()).toBe('~a');
});
