import { schemaReference, withSchemaLine } from '../../src/config/schema-line.js';

test.each([
  ['# yaml-language-server: $schema=.sindri/schema.json\nname: a\n', '.sindri/schema.json'],
  ['\uFEFF# a file\r\n\r\n#yaml-language-server:  $schema=./x.json # mine\r\nname: a\r\n', './x.json'],
  ['---\n# yaml-language-server: $schema=x.json\nname: a\n', 'x.json'],
  ['name: a\n# yaml-language-server: $schema=x.json\n', null],
  ['# yaml-language-server: modeline\nname: a\n', null],
  ['', null],
])('what %j points to', (text, reference) => expect(schemaReference(text)).toBe(reference));

test('the line is the first, with the line ends of the file', () => {
  expect(withSchemaLine('\uFEFFname: a\r\n', 'x.json')).toBe(
    '\uFEFF# yaml-language-server: $schema=x.json\r\nname: a\r\n',
  );
  expect(schemaReference(withSchemaLine('name: a\n', 'x.json'))).toBe('x.json');
});
