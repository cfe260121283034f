/**
 * Marks up text for a terminal, or leaves it as it is. What must be read is never dim, yellow or white: those fade on one of the two
 * backgrounds that people have.
 */
export interface Style {
  /** How wide the terminal is, in columns; infinite where there is none. */
  readonly measure: number;
  bold(text: string): string;
  /** Only for what may be overlooked: how long something took, of which day the prices are. */
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  /** What needs attention. */
  magenta(text: string): string;
  cyan(text: string): string;
}

/** Each pair is the start and the end of one attribute (ECMA-48, "Select Graphic Rendition"). */
const attributes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

/** `columns`: how wide the terminal is, where there is one. `mark`: how an attribute is written. */
export function createStyle(color: boolean, columns = Number.POSITIVE_INFINITY, mark = plainMark): Style {
  const paint = (name: keyof typeof attributes) => (text: string) => {
    const [start, end] = attributes[name];
    return color && text !== '' ? `${mark(start)}${text}${mark(end)}` : text;
  };
  return {
    measure: columns,
    bold: paint('bold'),
    dim: paint('dim'),
    red: paint('red'),
    green: paint('green'),
    magenta: paint('magenta'),
    cyan: paint('cyan'),
  };
}

function plainMark(attribute: number): string {
  return `\u001b[${attribute}m`;
}

/** Whether a stream takes colour: `NO_COLOR` wins, then `FORCE_COLOR`, then whether it is a capable terminal. */
export function wantsColor(stream: { isTTY?: boolean }, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}
