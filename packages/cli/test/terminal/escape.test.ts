import { createEscapeFilter, escapeHelp } from '../../src/terminal/escape.js';

/** Feeds each string as one chunk; actions appear as `<name>`. */
function type(...chunks: string[]): string {
  const filter = createEscapeFilter({ suspends: true });
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
  ['back to the shell here, and then again at the start of the line', ['ls\r~\u001a~.'], 'ls\r<suspend><disconnect>'],
  ['Ctrl-Z without a tilde belongs to the environment', ['\r\u001a'], '\r\u001a'],
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

test('without job control Ctrl-Z behind a tilde is a key like others, and the help does not tell of it', () => {
  expect(createEscapeFilter()(Buffer.from('~\u001a'))).toEqual({ bytes: Buffer.from('~\u001a'), actions: [] });
  expect(escapeHelp().join('\n')).not.toContain('^Z');
  expect(escapeHelp({ suspends: true }).join('\n')).toContain('~^Z  back to the shell on this computer');
});
