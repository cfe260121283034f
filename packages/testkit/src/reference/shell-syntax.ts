/** A simple command: words after expansion, and where its output goes. */
export interface SimpleCommand {
  /** What must have happened before for it to run. */
  when: 'always' | 'success' | 'failure';
  words: string[];
  /** A file, or `&2`. Absent = stdout. */
  output?: string;
  append: boolean;
  /** A file for stderr. Absent = stderr. */
  errors?: string;
}

const SEPARATORS = { ';': 'always', '\n': 'always', '&&': 'success', '||': 'failure' } as const;
const TOKEN = /^(\n|;|&&|\|\||2>|>>|>|[^\S\n]+|'[^']*'|"(?:\\.|[^"\\])*"|\\[\s\S]|[^\s;&|>'"\\]+|[\s\S])/;

/**
 * Reads the little of a shell that the reference machines understand: simple commands with `;`, `&&`, `||`, quotes, `$NAME`,
 * `~`, and redirections of the output. `variable` is asked when a command is reached, not before.
 */
export function* parseCommands(script: string, variable: (name: string) => string): Generator<SimpleCommand> {
  let when: SimpleCommand['when'] = 'always';
  let rest = script;
  while (rest !== '') {
    const command: SimpleCommand = { when, words: [], append: false };
    let target: 'words' | 'output' | 'errors' = 'words';
    let word: string | undefined;
    const endWord = (): void => {
      if (word === undefined) return;
      if (target === 'words') command.words.push(word);
      else command[target] = word;
      target = 'words';
      word = undefined;
    };
    let separator: SimpleCommand['when'] | undefined;
    while (rest !== '' && separator === undefined) {
      const [token = ''] = TOKEN.exec(rest) ?? [];
      rest = rest.slice(token.length);
      if (token in SEPARATORS) separator = SEPARATORS[token as keyof typeof SEPARATORS];
      else if (/^\s+$/.test(token)) endWord();
      else if (token === '2>' && word !== undefined) rest = `>${rest}`;
      else if (token === '>' || token === '>>' || token === '2>') {
        endWord();
        target = token === '2>' ? 'errors' : 'output';
        command.append = token === '>>';
        // `>&2` is one word.
        if (rest.startsWith('&')) [word, rest] = [rest.slice(0, 2), rest.slice(2)];
      } else word = (word ?? '') + textOf(token, word === undefined, variable);
    }
    endWord();
    when = separator ?? 'always';
    if (command.words.length > 0) yield command;
  }
}

function textOf(token: string, startsWord: boolean, variable: (name: string) => string): string {
  const expand = (text: string): string => text.replace(/\$(\$|\w+)/g, (_whole, name: string) => variable(name));
  if (token.startsWith("'")) return token.slice(1, -1);
  if (token.startsWith('"')) return expand(token.slice(1, -1)).replace(/\\(["\\$`])/g, '$1');
  if (token.startsWith('\\')) return token.slice(1);
  return expand(startsWord ? token.replace(/^~(?=\/|$)/, () => variable('HOME')) : token);
}
