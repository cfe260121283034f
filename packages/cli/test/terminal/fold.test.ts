import { spellCommands } from '../../src/commands-in-text.js';
import { createStyle } from '../../src/style.js';
import { columnsOf, foldText } from '../../src/terminal/fold.js';
import { displayWidth } from '../../src/terminal/text-width.js';

const fold = (text: string, columns: number) => foldText(text, columns).split('\n');

describe('text at a terminal', () => {
  it('breaks at blanks only, and not at all in a pipe', () => {
    expect(fold('one two three four five six', 20)).toEqual(['one two three four', 'five six']);
    expect(foldText('one two three four five six', undefined)).toBe('one two three four five six');
    expect(columnsOf({ isTTY: false, columns: 20 })).toBeUndefined();
    expect(columnsOf({ isTTY: true, columns: 20 })).toBe(20);
  });

  it.each([
    ['a mark', '  ! it is nearly full, and grows', ['  ! it is nearly', '    full, and grows']],
    ['a label', '  Image  node, and more', ['  Image  node, and', '         more']],
    ['a word with a colon', 'Hint: begin it once again', ['Hint: begin it once', '      again']],
    ['nothing', '    a paragraph further in', ['    a paragraph', '    further in']],
    ['a row that does not fit', 'a-long-first-cell  second  third', ['a-long-first-cell', '  second  third']],
  ])('goes on below the text behind %s', (_what, text, lines) => {
    expect(fold(text, 20)).toEqual(lines);
  });

  it('counts columns, not characters, and no colours', () => {
    const { red } = createStyle(true);
    expect(fold(`${red('日本語日本')} ${red('日本xyz')}`, 20)).toHaveLength(1);
    expect(fold(`${red('日本語日本')} ${red('日本語日本')}`, 20)).toHaveLength(2);
  });

  it('a word that is wider than the terminal has a line of its own', () => {
    const url = 'https://example.com/a/long/way/to/go';
    expect(fold(`  i See: ${url} for more`, 20)).toEqual(['  i See:', url, '    for more']);
  });

  it('a command to paste stays on one line', () => {
    const text = spellCommands('Hint: start it again: sindri start --local -c a.yaml', { typed: './sindri' });
    expect(fold(text, 40)).toEqual(['Hint: start it again:', '      ./sindri start --local -c a.yaml']);
    expect(fold(text, 34)).toEqual(['Hint: start it again:', '  ./sindri start --local -c a.yaml']);
  });

  it('no line is wider than the terminal, whatever is written', () => {
    const words = ['a', 'bc', 'def', 'x'.repeat(15), '  ', 'Hint:', '!', '日本'];
    for (let seed = 1; seed < 400; seed += 1) {
      const line = Array.from({ length: 12 }, (_, index) => words[(seed * (index + 3) * 7919) % words.length]).join(
        ' ',
      );
      const lines = fold(line, 24);
      for (const one of lines) expect(displayWidth(one)).toBeLessThanOrEqual(24);
      expect(lines.join(' ').split(/\s+/).filter(Boolean)).toEqual(line.split(/\s+/).filter(Boolean));
    }
  });
});
