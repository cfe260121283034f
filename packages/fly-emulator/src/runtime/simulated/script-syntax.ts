/** One command of a script: words not yet expanded, and where its output goes. */
export interface ScriptCommand {
  words: Word[];
  redirects: { fd: 1 | 2; append: boolean; target: Word | 'stdout' | 'stderr' }[];
}

/** A pipeline, and what must be true of the one before for it to run. */
export interface ScriptStep {
  when: 'always' | 'success' | 'failure';
  pipeline: ScriptCommand[];
}

/** A word as written: pieces that are quoted in different ways. */
export type Word = { text: string; quoting: 'none' | 'double' | 'single' }[];

export class ScriptSyntaxError extends Error {}

type Token = Word | string;

/** Reads the small part of shell that scripted machines understand: quotes, `&&`, `||`, `;`, `|`, `>`, `>>`, `2>`, `2>&1`, `>&2`. */
export function parseScript(text: string): ScriptStep[] {
  const steps: ScriptStep[] = [];
  let when: ScriptStep['when'] = 'always';
  let pipeline: ScriptCommand[] = [];
  let command: ScriptCommand = { words: [], redirects: [] };
  const isEmpty = (): boolean => command.words.length === 0 && command.redirects.length === 0;
  const endCommand = (): void => {
    if (!isEmpty()) pipeline.push(command);
    command = { words: [], redirects: [] };
  };
  const endPipeline = (next: ScriptStep['when']): void => {
    endCommand();
    if (pipeline.length > 0) steps.push({ when, pipeline });
    pipeline = [];
    when = next;
  };

  const tokens = tokenize(text);
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (typeof token !== 'string') command.words.push(token);
    else if (token === '&&') endPipeline('success');
    else if (token === '||') endPipeline('failure');
    else if (token === ';') endPipeline('always');
    else if (token === '|') endCommand();
    else if (token === '2>&1') command.redirects.push({ fd: 2, append: false, target: 'stdout' });
    else if (token.endsWith('>&2')) command.redirects.push({ fd: 1, append: false, target: 'stderr' });
    else {
      const target = tokens[++index];
      if (target === undefined || typeof target === 'string') throw new ScriptSyntaxError('Syntax error: redirection');
      command.redirects.push({ fd: token.startsWith('2') ? 2 : 1, append: token.endsWith('>>'), target });
    }
  }
  endPipeline('always');
  return steps;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let word: Word = [];
  const add = (piece: string, quoting: Word[number]['quoting']): void => {
    const last = word.at(-1);
    if (last && last.quoting === quoting) last.text += piece;
    else word.push({ text: piece, quoting });
  };
  const end = (): void => {
    if (word.length > 0) tokens.push(word);
    word = [];
  };
  for (let index = 0; index < text.length;) {
    const rest = text.slice(index);
    const operator = /^(2>&1|1>&2|>&2|2>>|2>|&&|\|\||>>|>|;|\||\n)/.exec(rest)?.[0];
    const char = rest[0] ?? '';
    if (operator !== undefined && !(/^\d/.test(operator) && word.length > 0)) {
      end();
      tokens.push(operator === '\n' ? ';' : operator);
      index += operator.length;
    } else if (char === "'" || char === '"') {
      const close = closingQuote(rest, char);
      add(rest.slice(1, close), char === "'" ? 'single' : 'double');
      index += close + 1;
    } else if (char === '\\' && rest.length > 1) {
      add(rest[1] ?? '', 'single');
      index += 2;
    } else if (/\s/.test(char)) {
      end();
      index++;
    } else if (char === '$' && rest.startsWith('${')) {
      const close = rest.indexOf('}');
      if (close < 0) throw new ScriptSyntaxError('Syntax error: missing }');
      add(rest.slice(0, close + 1), 'none');
      index += close + 1;
    } else {
      add(char, 'none');
      index++;
    }
  }
  end();
  return tokens;
}

function closingQuote(rest: string, quote: string): number {
  for (let index = 1; index < rest.length; index++) {
    if (quote === '"' && rest[index] === '\\') index++;
    else if (rest[index] === quote) return index;
  }
  throw new ScriptSyntaxError('Syntax error: Unterminated quoted string');
}
