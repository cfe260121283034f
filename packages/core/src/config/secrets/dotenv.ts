/** What a `.env` file says. */
export interface DotenvFile {
  /** The last one wins when a name is there twice. */
  values: ReadonlyMap<string, string>;
  /** Lines that are not understood, without what is in them: it may be a secret. */
  faults: { line: number; message: string }[];
}

const ASSIGNMENT = /^(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' };

/**
 * Reads a `.env` file: `NAME=value` lines, an `export` in front allowed.
 *
 * - without quotes: up to the end of the line or a `#` after a blank, blanks at both ends removed;
 * - in single quotes: letter by letter, over several lines if need be;
 * - in double quotes: likewise, with `\n`, `\r`, `\t`, `\"`, `\\` and `\$`.
 *
 * Nothing is filled in: `$NAME` is text.
 */
export function parseDotenv(text: string): DotenvFile {
  const values = new Map<string, string>();
  const faults: DotenvFile['faults'] = [];
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  let line = 1;
  for (let offset = 0; offset < source.length;) {
    const end = endOfLine(source, offset);
    const content = source.slice(offset, end).trimStart();
    const start = end - content.length;
    const assignment = ASSIGNMENT.exec(content);
    let next = end;
    if (assignment !== null) {
      const value = readValue(source, start + assignment[0].length, end);
      if (typeof value === 'string') faults.push({ line, message: value });
      else {
        values.set(assignment[1] ?? '', value.text);
        next = value.end;
      }
    } else if (content !== '' && !content.startsWith('#')) {
      faults.push({ line, message: 'is no `NAME=value`' });
    }
    line += countLines(source, offset, next) + 1;
    offset = next + 1;
  }
  return { values, faults };
}

/** The value that begins at `start` and the end of its last line, or what is wrong with it. */
function readValue(source: string, start: number, end: number): { text: string; end: number } | string {
  const raw = source.slice(start, end);
  const opening = start + raw.length - raw.trimStart().length;
  const quote = source.charAt(opening);
  if (opening >= end || (quote !== '"' && quote !== "'")) {
    const comment = /[ \t]#/.exec(raw);
    return { text: (comment === null ? raw : raw.slice(0, comment.index)).trim(), end };
  }
  let text = '';
  for (let index = opening + 1; index < source.length; index++) {
    const character = source.charAt(index);
    if (character === quote) return closeQuote(source, index + 1, text);
    const escaped = quote === '"' && character === '\\' ? ESCAPES[source.charAt(index + 1)] : undefined;
    if (escaped !== undefined) index++;
    text += escaped ?? character;
  }
  return 'has a quote that is never closed';
}

function closeQuote(source: string, after: number, text: string): { text: string; end: number } | string {
  const end = endOfLine(source, after);
  const rest = source.slice(after, end).trim();
  return rest === '' || rest.startsWith('#') ? { text, end } : 'has something behind the closing quote';
}

function endOfLine(source: string, offset: number): number {
  const end = source.indexOf('\n', offset);
  return end < 0 ? source.length : end;
}

function countLines(source: string, from: number, to: number): number {
  return source.slice(from, to).split('\n').length - 1;
}
