import { isHalfPem } from './key-material.js';

/** What a `.env` file says. */
export interface DotenvFile {
  /** The last one wins when a name is there twice. */
  values: ReadonlyMap<string, string>;
  /** Lines that are not understood, without what is in them: it may be a secret. */
  faults: DotenvFault[];
}

/** One line of a `.env` file that says nothing that can be relied on. */
export interface DotenvFault {
  line: number;
  /** `has a quote that is never closed`. */
  message: string;
  /** Which variable it would set, where that can be told. */
  name?: string;
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
 * Nothing is filled in: `$NAME` is text. A key in PEM without quotes is a fault, not its first line; so is a backtick quote,
 * which other readers treat in different ways.
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
      const name = assignment[1] as string;
      if ('fault' in value) faults.push({ line, message: value.fault, name });
      else values.set(name, value.text);
      next = value.end;
    } else if (content !== '' && !content.startsWith('#')) {
      faults.push({ line, message: 'is no `NAME=value`' });
    }
    line += countLines(source, offset, next) + 1;
    offset = next + 1;
  }
  return { values, faults };
}

/** Both end with the last line that belongs to the value. */
type ReadValue = { text: string; end: number } | { fault: string; end: number };

/** The value that begins at `start`, or what is wrong with it. */
function readValue(source: string, start: number, end: number): ReadValue {
  const raw = source.slice(start, end);
  const opening = start + raw.length - raw.trimStart().length;
  const quote = source.charAt(opening);
  if (opening >= end || (quote !== '"' && quote !== "'")) {
    const comment = /[ \t]#/.exec(raw);
    const text = (comment === null ? raw : raw.slice(0, comment.index)).trim();
    if (text.startsWith('`')) {
      const close = source.indexOf('`', opening + 1);
      return { fault: BACKTICK_FAULT, end: close < 0 ? end : endOfLine(source, close) };
    }
    return isHalfPem(text) ? { fault: PEM_FAULT, end: endOfPem(source, end) } : { text, end };
  }
  let text = '';
  for (let index = opening + 1; index < source.length; index++) {
    const character = source.charAt(index);
    if (character === quote) return closeQuote(source, index + 1, text, end);
    const escaped = quote === '"' && character === '\\' ? ESCAPES[source.charAt(index + 1)] : undefined;
    if (escaped !== undefined) index++;
    text += escaped ?? character;
  }
  return { fault: 'has a quote that is never closed', end };
}

const BACKTICK_FAULT = 'has a backtick for a quote; put the value in double quotes';
const PEM_FAULT = 'begins a key of several lines without quotes; put all of it in double quotes';

/** The end of the line that ends the block, or of the line that begins it where nothing does. */
function endOfPem(source: string, end: number): number {
  const block = /^-----END [A-Z0-9 ]+-----/m.exec(source.slice(end));
  return block === null ? end : endOfLine(source, end + block.index);
}

/** After a fault, reading goes on behind the first line of the value: nobody knows how much more belongs to it. */
function closeQuote(source: string, after: number, text: string, firstEnd: number): ReadValue {
  const end = endOfLine(source, after);
  const rest = source.slice(after, end).trim();
  return rest === '' || rest.startsWith('#')
    ? { text, end }
    : { fault: 'has something behind the closing quote', end: firstEnd };
}

function endOfLine(source: string, offset: number): number {
  const end = source.indexOf('\n', offset);
  return end < 0 ? source.length : end;
}

function countLines(source: string, from: number, to: number): number {
  return source.slice(from, to).split('\n').length - 1;
}
