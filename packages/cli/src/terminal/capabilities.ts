import { wantsColor } from '../style.js';

/** What an output stream can show. */
export interface Capabilities {
  isTTY: boolean;
  /** Lines may be redrawn in place. */
  live: boolean;
  /** `NO_COLOR` and `FORCE_COLOR` decide, else whether it is a capable terminal. */
  color: boolean;
  /** Symbols beyond ASCII are safe. */
  unicode: boolean;
  columns: number;
  rows: number;
}

const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** Reads them off the stream and the environment variables. */
export function capabilitiesOf(
  stream: { isTTY?: boolean; columns?: number; rows?: number },
  env: Readonly<Record<string, string | undefined>>,
): Capabilities {
  const isTTY = stream.isTTY === true;
  return {
    isTTY,
    // A CI job may have a pseudo-terminal, but its log keeps every redraw.
    live: isTTY && env['TERM'] !== 'dumb' && !isSet(env['CI']),
    color: wantsColor(stream, env),
    unicode: isUnicode(env),
    columns: stream.columns || DEFAULT_COLUMNS,
    rows: stream.rows || DEFAULT_ROWS,
  };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

/** The first of these that is not empty decides (POSIX). None at all: most systems today are UTF-8. The Linux console has few glyphs. */
function isUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  if (env['TERM'] === 'linux') return false;
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return locale === undefined || /utf-?8/i.test(locale);
}
