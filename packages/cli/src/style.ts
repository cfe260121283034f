/** Marks up text for a terminal, or leaves it as it is. */
export interface Style {
  /** Where running text breaks, in characters. */
  readonly measure: number;
  /** How wide the terminal is; `null` where there is none. */
  readonly columns: number | null;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** Each pair is the start and the end of one attribute (ECMA-48, "Select Graphic Rendition"). */
const attributes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

/** Comfortable to read. */
const WIDEST = 100;
/** Below this there is no good place to break at. */
const NARROWEST = 40;

/** `columns`: how wide the terminal is, where there is one. `mark`: how an attribute is written. */
export function createStyle(color: boolean, columns?: number, mark = plainMark): Style {
  const paint = (name: keyof typeof attributes) => (text: string) => {
    const [start, end] = attributes[name];
    return color && text !== '' ? `${mark(start)}${text}${mark(end)}` : text;
  };
  return {
    measure: Math.min(WIDEST, Math.max(NARROWEST, columns ?? WIDEST)),
    columns: columns ?? null,
    bold: paint('bold'),
    dim: paint('dim'),
    red: paint('red'),
    green: paint('green'),
    yellow: paint('yellow'),
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
