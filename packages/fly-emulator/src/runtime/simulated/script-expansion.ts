import type { ScriptFiles } from './script-files.js';
import type { Word } from './script-syntax.js';

export interface ExpansionScope {
  env: Readonly<Record<string, string>>;
  cwd: string;
  files: ScriptFiles;
}

/** Turns a word as written into the words a program gets: variables, then file name patterns. */
export function expandWord(word: Word, scope: ExpansionScope): string[] {
  const pieces = word.map((piece) => ({
    text: piece.quoting === 'single' ? piece.text : expandVariables(piece.text, scope.env, piece.quoting === 'double'),
    quoted: piece.quoting !== 'none',
  }));
  const text = pieces.map((piece) => piece.text).join('');
  const isPattern = pieces.some((piece) => !piece.quoted && /[*?]/.test(piece.text));
  if (!isPattern) return text === '' && pieces.every((piece) => !piece.quoted) ? [] : [text];
  const source = pieces.map((piece) => (piece.quoted ? escape(piece.text) : patternSource(piece.text))).join('');
  const absolute = text.startsWith('/') ? source : `${escape(scope.cwd)}/${source}`;
  const pattern = new RegExp(`^${absolute}$`);
  const matches = scope.files.paths().filter((path) => pattern.test(path));
  // As in a shell, a pattern that matches nothing stays as it is.
  return matches.length > 0 ? [...new Set(matches)].sort() : [text];
}

/** `$NAME`, `${NAME}`, `${NAME:-default}` and the arguments of a script, `$1`. */
function expandVariables(text: string, env: Readonly<Record<string, string>>, inDoubleQuotes: boolean): string {
  const value = (name: string): string => (Object.hasOwn(env, name) ? (env[name] ?? '') : '');
  const expanded = text.replace(
    /\\(["$\\`])|\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}|\$(\$|[A-Za-z_]\w*|\d|\?)/g,
    (whole, escaped: string | undefined, braced: string | undefined, fallback: string | undefined, plain: string) => {
      if (escaped !== undefined) return inDoubleQuotes ? escaped : whole;
      if (braced !== undefined) return value(braced) === '' ? (fallback ?? '') : value(braced);
      return plain === '$' ? '1' : value(plain);
    },
  );
  return expanded;
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const patternSource = (text: string): string =>
  text
    .split(/([*?])/)
    .map((part) => (part === '*' ? '[^/]*' : part === '?' ? '[^/]' : escape(part)))
    .join('');
