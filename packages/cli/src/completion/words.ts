/** The shells that have a completion. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type ShellName = (typeof shells)[number];

/** What stands before the cursor, as the program would get it. */
export interface TypedLine {
  /** The words that are complete, without the name of the program. */
  before: string[];
  /** What has been typed of the word at the cursor. */
  current: string;
  /** What of that word stays as it is and is part of every candidate: `--method=`. */
  prefix: string;
}

/**
 * Reads the words as `shell` hands them over; the last is the one at the cursor. Bash gives them as they were typed, with quotes, and
 * splits `--method=direct` into three; fish does so with the last only; zsh has taken the quotes away.
 */
export function readWords(shell: ShellName, words: readonly string[]): TypedLine {
  const last = words.length - 1;
  const plain = words.map((word, index) =>
    shell === 'bash' || (shell === 'fish' && index === last) ? unquote(word) : word,
  );
  const joined: string[] = [];
  let isSplit = false;
  for (const [index, word] of plain.entries()) {
    const option = joined.at(-1);
    // Of bash alone: `--method`, `=`, `direct`.
    if (shell === 'bash' && words[index] === '=' && option?.startsWith('--') === true) {
      joined[joined.length - 1] = `${option}=`;
      isSplit = true;
    } else if (isSplit) {
      joined[joined.length - 1] = `${option}${word}`;
      isSplit = false;
      if (index === last) isSplit = true;
    } else joined.push(word);
  }
  const current = joined.pop() ?? '';
  const [, option, value] = /^(--[\w-]+=)(.*)$/s.exec(current) ?? [];
  if (option === undefined) return { before: joined, current, prefix: '' };
  // An option and its value are two words to us.
  return { before: [...joined, option.slice(0, -1)], current: value ?? '', prefix: isSplit ? '' : option };
}

/** What a shell would make of a word, as far as it has been typed: nothing is expanded. */
function unquote(word: string): string {
  let text = '';
  let quote = '';
  for (let index = 0; index < word.length; index += 1) {
    const sign = word[index] as string;
    if (quote === '' && (sign === '"' || sign === "'")) quote = sign;
    else if (sign === quote) quote = '';
    else if (sign === '\\' && quote !== "'" && index + 1 < word.length) text += word[(index += 1)];
    else text += sign;
  }
  return text;
}
