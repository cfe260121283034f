import { plainText } from '../terminal/outside-text.js';
import { expectedAfter, type Candidate, type CommandTable, type Expected } from './expected.js';
import { readWords, type ShellName } from './words.js';

/** Finds the candidates for a value. */
export type FindValues = (value: NonNullable<Expected['value']>) => Promise<Candidate[] | 'files'>;

const LONGEST = 200;

/**
 * What the script of a shell reads: a line that says what follows, then a candidate per line. Values may come from outside: one that a
 * line cannot hold, or that would be read as an option where it is none, is left out.
 */
export async function answerCompletion(
  shell: ShellName,
  words: readonly string[],
  table: CommandTable,
  findValues: FindValues,
): Promise<string> {
  const line = readWords(shell, words);
  const { words: next, options, value } = expectedAfter(table, line);
  const values = value === null ? [] : await findValues(value);
  if (values === 'files') return 'files\n';
  const begun = ({ value: text }: Candidate): boolean => text.startsWith(line.current);
  const found = [...next, ...options, ...values.filter(isUsable)].filter(begun);
  return ['words', ...found.map((one) => `${line.prefix}${formatCandidate(one)}`), ''].join('\n');
}

function isUsable({ value }: Candidate): boolean {
  return value !== '' && value.length <= LONGEST && !value.startsWith('-') && plainText(value) === value;
}

function formatCandidate({ value, description }: Candidate): string {
  const [first = ''] = plainText(description ?? '').split(/\.(?:\s|$)/);
  return first === '' ? value : `${value}\t${first.slice(0, 80)}`;
}
