import { BEGIN_FRAME, CLEAR_BELOW, END_FRAME, HIDE_CURSOR, SHOW_CURSOR } from './control-sequences.js';
import { displayWidth } from './text-width.js';
import { wipedLine } from './wiped-line.js';

/** The terminal that a screen is drawn on. */
export interface ScreenTarget {
  write(text: string): unknown;
  columns?: number;
  rows?: number;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** The alternate screen of a terminal: what is drawn there replaces itself in place, and nothing of it scrolls away. */
export interface Screen {
  /** `frame` is asked again whenever the terminal has another size. One write per frame, none when nothing has changed. */
  draw(frame: (columns: number) => string): void;
  /** Gives the terminal back as it was, with `rest` on it. Does nothing when there is nothing to give back. */
  leave(rest?: string): void;
}

const ENTER = `\u001b[?1049h${HIDE_CURSOR}`;
const LEAVE = `\u001b[?7h${SHOW_CURSOR}\u001b[?1049l`;
/** Too long a line is cut by the terminal itself, instead of shifting what is below. */
const NO_WRAP = '\u001b[?7l';
const HOME = '\u001b[H';
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** `onExit` calls back when the process ends, however that comes: the terminal must not stay as it is. Default: `process`. */
export function createScreen(target: ScreenTarget, onExit = processExit): Screen {
  let frame: (columns: number) => string = () => '';
  let drawn: string | null = null;
  let release: (() => void) | null = null;

  const draw = () => {
    const columns = target.columns || DEFAULT_COLUMNS;
    const lines = frame(columns).replace(/\n$/, '').split('\n');
    const rows = target.rows || DEFAULT_ROWS;
    const shown = lines.length <= rows ? lines : [...lines.slice(0, rows - 1), '…'];
    const body = shown.map((line) => (displayWidth(line) > columns ? line : wipedLine(line, columns))).join('\r\n');
    // On the last character of a row that is full one goes to the next row first, and below the last row nothing stands.
    const isFull = displayWidth(shown.at(-1) ?? '') >= columns;
    const below = !isFull ? CLEAR_BELOW : shown.length < rows ? `\r\n${CLEAR_BELOW}` : '';
    if (body === drawn) return;
    drawn = body;
    target.write(`${BEGIN_FRAME}${HOME}${body}${below}${END_FRAME}`);
  };
  const resized = () => {
    // The terminal has moved things about: everything is drawn anew.
    drawn = null;
    draw();
  };
  const enter = () => {
    target.write(`${ENTER}${NO_WRAP}`);
    target.on?.('resize', resized);
    const forget = onExit(() => target.write(LEAVE));
    release = () => {
      target.off?.('resize', resized);
      forget();
    };
  };

  return {
    draw(next) {
      frame = next;
      if (release === null) enter();
      draw();
    },
    leave(rest = '') {
      if (release === null) return;
      release();
      release = null;
      drawn = null;
      target.write(`${LEAVE}${rest}`);
    },
  };
}

function processExit(listener: () => void): () => void {
  process.once('exit', listener);
  return () => process.off('exit', listener);
}
