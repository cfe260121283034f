import ts from 'typescript';
import { plainBlanks, spellCommands } from '../../packages/cli/src/commands-in-text.js';
import { packages, parse, sourceFiles, visit } from './sources.js';

/** The texts of a source file, with `X` for what is put in. */
function textsIn(file: string): string[] {
  const texts: string[] = [];
  visit(parse(file), (node) => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text);
    if (!ts.isTemplateExpression(node)) return;
    texts.push([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('X'));
  });
  return texts;
}

/** A command of ours and all that follows on its line. */
const commands = /(?<![\w./@'-])sindri (?:[a-z][a-z-]+)[^\n]*/;
/** These are about no environment. */
const elsewhere =
  /^sindri (auth|completion|config (init|schema)|emulator|help|plugins|provider|ssh-proxy|version)\b|^sindri X|--help|^sindri (is|has|does)\b/;
/** Files that somebody or a shell reads later, and who made something: no hints. */
const kept =
  /^# (Made|Written) by |^# Completion of |^# One development environment|^sindri deploy by X|^sindri hold: X/;

const all = packages
  // The emulator has its own commands only; the reference provider is for tests.
  .filter((folder) => !/testkit|fly-emulator/.test(folder))
  .flatMap((folder) => sourceFiles(`${folder}/src`))
  .flatMap((file) => textsIn(file).map((text) => ({ file, text })));
const texts = all.filter(({ text }) => commands.test(text) && !kept.test(text));

describe('what errors, notes and hints say to type', () => {
  it('leads to the same environment as what was typed', () => {
    const place = { local: true, config: 'c.yaml' };
    const lost = texts.filter(({ text }) => {
      const shown = plainBlanks(spellCommands(text, { typed: 'sindri', place }));
      return [...shown.matchAll(/(?<![\w./@'-])sindri (?:(?!`|, | sindri )[^\n])*/g)].some(
        ([command]) => !elsewhere.test(command) && !(/ --local\b/.test(command) && / -c /.test(command)),
      );
    });
    expect(lost).toEqual([]);
    expect(texts.length).toBeGreaterThan(50);
  });

  it('needs no tool of the platform', () => {
    expect(all.filter(({ text }) => /`fly(ctl)? [a-z]/.test(text))).toEqual([]);
  });
});
