import { quoteWord } from './shell-words.js';
import { coreError } from '../error.js';

/** A command line cut at the first `--`: our part, and the words for the environment. */
export interface SplitCommand {
  own: string[];
  command: string[];
  /** Words for the environment that stand before the dashes, with everything behind them up to there. */
  misplaced?: string[];
}

/** The options of a command, as far as they tell whether the next word is their value. */
export type OptionKinds = Readonly<Record<string, { type?: string; char?: string | undefined }>>;

/**
 * Cut before parsing, because the framework does not keep the order of words that occur twice. Our part has options only: at the
 * first bare word a command for the environment begins, whose options are not ours.
 */
export function splitCommand(argv: readonly string[], options: OptionKinds = {}): SplitCommand {
  const end = argv.indexOf('--');
  const before = end === -1 ? argv : argv.slice(0, end);
  const command = end === -1 ? [] : argv.slice(end + 1);
  const start = firstBareWord(before, options);
  const misplaced = before.slice(start);
  return { own: before.slice(0, start), command, ...(misplaced.length === 0 ? {} : { misplaced }) };
}

/** What is parsed as ours. A command in the wrong place is refused, and the refusal is told in the format that was asked for. */
export function ownWords({ own, misplaced = [] }: SplitCommand): string[] {
  return misplaced.includes('--json') ? [...own, '--json'] : own;
}

/** Throws when there is no command, or one that is not behind the dashes, and says how to type it. */
export function requireCommand(split: SplitCommand, verb: string): void {
  requirePlace(split, verb);
  if (split.command.length > 0) return;
  throw usage('There is no command to run.', `Put it after two dashes: sindri ${verb} -- ls -la`);
}

/** Throws when a command stands before the dashes, or without any. */
export function requirePlace({ own, command, misplaced = [] }: SplitCommand, verb: string): void {
  if (misplaced.length === 0) return;
  // The verb may have an option of ours with it already.
  const [name = '', ...more] = verb.split(' ');
  // At the very end it was meant for us, as behind every other command.
  const isLocal = command.length === 0 && misplaced.length > 1 && misplaced.at(-1) === '--local';
  const words = isLocal ? misplaced.slice(0, -1) : misplaced;
  const options = [...more.filter((word) => !own.includes(word)), ...own, ...(isLocal ? ['--local'] : [])];
  const typed = ['sindri', name, ...[...options, '--', ...words, ...command].map(quoteWord)].join(' ');
  throw usage('The -- before the command for the environment is missing.', `Type: ${typed}`);
}

function firstBareWord(words: readonly string[], options: OptionKinds): number {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as string;
    if (!word.startsWith('-') || word === '-') return index;
    if (takesNext(word, options)) index += 1;
  }
  return words.length;
}

function takesNext(word: string, options: OptionKinds): boolean {
  const takes = (name: string, { type, char }: OptionKinds[string]) =>
    type === 'option' && (word === `--${name}` || word === `-${char}`);
  return Object.entries(options).some(([name, option]) => takes(name, option));
}

function usage(message: string, hint: string): Error {
  return coreError({ code: 'USAGE', kind: 'usage', message, hint });
}
