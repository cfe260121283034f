import { toJson } from '../../../src/config/tree.js';
import { parseYaml } from '../../../src/config/text/parse-yaml.js';

const value = (text: string): unknown => {
  const { root, problems } = parseYaml(text);
  expect(problems).toEqual([]);
  return root === null ? null : toJson(root);
};

const problems = (text: string): string[] =>
  parseYaml(text).problems.map(
    ({ line, column, message, hint }) => `${line}:${column} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );

describe('parseYaml', () => {
  it('reads scalars as YAML 1.2 does', () => {
    expect(value('a: 1\nb: 1.5\nc: true\nd: yes\ne: "1"\nf: \'x\'\ng: ~\nh:\ni: 0x10\nj: 2001-01-01')).toEqual({
      a: 1,
      b: 1.5,
      c: true,
      d: 'yes',
      e: '1',
      f: 'x',
      g: null,
      h: null,
      i: 16,
      j: '2001-01-01',
    });
  });

  it('reads blocks, flows, and texts over several lines', () => {
    expect(value('a:\n  - 1\n  - {b: c}\nd: |\n  x\n  y\ne: >\n  x\n  y\n')).toEqual({
      a: [1, { b: 'c' }],
      d: 'x\ny\n',
      e: 'x y\n',
    });
  });

  it('takes keys that look like numbers for the text they are', () => {
    expect(value('1: a\ntrue: b\n1.0: c')).toEqual({ '1': 'a', true: 'b', '1.0': 'c' });
  });

  it('reads a byte order mark, CRLF, a leading `---`, and comments', () => {
    expect(value('\uFEFF---\r\n# hello\r\na: b # c\r\n...\r\n')).toEqual({ a: 'b' });
    expect(problems('\uFEFFa: *x')).toEqual(['1:4 The alias `*x` has no anchor `&x` above it.']);
    expect(problems('a: 1\r\nb: *x\r\n')).toEqual(['2:4 The alias `*x` has no anchor `&x` above it.']);
  });

  it('writes out aliases and merge keys', () => {
    expect(value('x-a: &a {b: 1, c: 2}\nd: *a\ne: {<<: *a, c: 3}\nf: {<<: [*a, {b: 9, g: 4}]}')).toEqual({
      'x-a': { b: 1, c: 2 },
      d: { b: 1, c: 2 },
      e: { c: 3, b: 1 },
      f: { b: 1, c: 2, g: 4 },
    });
  });

  it('takes the anchor that comes last before the alias', () => {
    expect(value('a: &x 1\nb: *x\nc: &x 2\nd: *x')).toEqual({ a: 1, b: 1, c: 2, d: 2 });
  });

  it('knows the place of every key and value', () => {
    const { root } = parseYaml('a:\n  bc: [x, "y"]\n');
    const a = root?.entries.get('a');
    const bc = a?.kind === 'map' ? a.entries.get('bc') : undefined;
    const y = bc?.kind === 'list' ? bc.items[1] : undefined;
    expect([a?.keyPosition, bc?.keyPosition, bc?.position, y?.position]).toEqual([
      { line: 1, column: 1 },
      { line: 2, column: 3 },
      { line: 2, column: 7 },
      { line: 2, column: 11 },
    ]);
    expect([a?.path, bc?.path, y?.path]).toEqual(['a', 'a.bc', 'a.bc[1]']);
  });

  it.each([
    ['', ['1:1 The file is empty. (Write a config with `sindri config init`.)']],
    ['# nothing\n', ['1:1 The file is empty. (Write a config with `sindri config init`.)']],
    ['just words', ['1:1 A config is made of `key: value` lines.']],
    ['- a\n- b', ['1:1 A config is made of `key: value` lines.']],
    ['a: 1\nb: 2\na: 3', ['3:1 a is set twice, the first time on line 1. (Keep one of them.)']],
    ['x:\n  a: 1\n  "a": 2\n', ['3:3 x.a is set twice, the first time on line 2. (Keep one of them.)']],
    [
      'a: 1\n---\nb: 2',
      [
        '2:1 A second YAML document begins here; a config is exactly one. (Remove the `---`, or keep the second document in a file of its own.)',
      ],
    ],
    ['a:\n\tb: 1', ['2:1 This line is indented with a tab. (Indent with spaces.)']],
    [
      'a: b: c',
      [
        '1:4 There are two keys on one line. (Put a value that contains `: ` in quotes, or begin a new line after the first colon.)',
      ],
    ],
    ['a: @b', ['1:4 A value without quotes cannot begin with this character. (Put the value in quotes.)']],
    ['a: &x [*x]', ['1:8 The alias `*x` stands inside of what it stands for.']],
    [
      'a: !secret b',
      [
        '1:12 The tag `!secret` means nothing here. (Remove it. A value from outside comes in as `${VARIABLE}` or under `secrets`.)',
      ],
    ],
    ['a: .inf', ['1:4 a must be an ordinary number or a text, got .inf.']],
    ['a: {<<: 1}', ['1:9 `<<` can only merge maps.']],
    [
      '__proto__: {}\n? [a]\n: b',
      [
        '1:1 This cannot be a key. (A key is a word in front of a colon. Put a value that begins with `{`, `[` or `*` in quotes.)',
        '2:3 This cannot be a key. (A key is a word in front of a colon. Put a value that begins with `{`, `[` or `*` in quotes.)',
      ],
    ],
  ])('%j: %j', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('reports at most ten mistakes of syntax', () => {
    expect(problems('a: @\n'.repeat(100))).toHaveLength(10);
  });

  describe('with hostile input', () => {
    const tooDeep = expect.stringContaining('nested too deeply');

    it.each([
      ['brackets', '['.repeat(100_000)],
      ['closed brackets', `a: ${'['.repeat(200)}${']'.repeat(200)}`],
      ['dashes', '- '.repeat(50_000)],
      ['blocks', Array.from({ length: 400 }, (_, index) => `${' '.repeat(index)}a:`).join('\n')],
    ])('does not follow %s without end', (_what, text) => {
      expect(problems(text)[0]).toEqual(tooDeep);
    });

    it('does not write out aliases without end', () => {
      const levels = Array.from({ length: 12 }, (_, level) =>
        level === 0
          ? 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]'
          : `a${level}: &a${level} [${`*a${level - 1}, `.repeat(10)}]`,
      );
      expect(problems(levels.join('\n'))).toEqual([
        expect.stringContaining('The file is too large once its aliases are written out.'),
      ]);
    });

    it('leaves the prototypes of objects alone', () => {
      const parsed = value('constructor: {prototype: {polluted: true}}\ntoString: x');
      expect(Object.keys(parsed as object)).toEqual(['constructor', 'toString']);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    });
  });
});
