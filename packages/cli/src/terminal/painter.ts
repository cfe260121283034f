import { BEGIN_FRAME, CLEAR_BELOW, CLEAR_ROWS, END_FRAME, HIDE_CURSOR, SHOW_CURSOR } from './control-sequences.js';
import { displayWidth } from './text-width.js';
import { wipedLine } from './wiped-line.js';

/** What the painter draws on. */
export interface PaintTarget {
  write(text: string): unknown;
}

/** Draws lines in place at the bottom of the terminal, below lines that stay. */
export interface Painter {
  /**
   * Writes `above` (whole lines that stay) and then `live` in place of what was live before. One write per call, so nothing flickers;
   * none when nothing changed. `columns` is the width of the terminal now.
   */
  paint(above: readonly string[], live: readonly string[], columns: number): void;
  /** Removes the live lines and shows the cursor again. */
  clear(columns: number): void;
}

export function createPainter(target: PaintTarget): Painter {
  let drawn: readonly string[] = [];
  let drawnColumns = 0;
  let cursorHidden = false;

  /** What wipes the live lines, from the first of them. */
  const wiped = () => (drawn.length === 0 ? '' : CLEAR_ROWS);

  /** Rows the live lines take now: a terminal that became narrower has wrapped them. */
  const upToFirst = (columns: number) => {
    const rows = drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / Math.max(1, columns))),
      0,
    );
    return rows === 0 ? '' : `\r\u001b[${rows}A`;
  };

  return {
    paint(above, live, columns) {
      const unchanged =
        columns === drawnColumns && live.length === drawn.length && live.every((line, i) => line === drawn[i]);
      if (above.length === 0 && unchanged) return;
      const hide = cursorHidden ? '' : HIDE_CURSOR;
      const body = [...above, ...live].map((line) => `${wipedLine(line, columns)}\n`).join('');
      // A wrapped line that stays leaves remains of the old frame to its right only on its last row, so wipe first.
      const wipe = above.length === 0 && columns === drawnColumns ? '' : wiped();
      target.write(`${BEGIN_FRAME}${hide}${upToFirst(columns)}${wipe}${body}${CLEAR_BELOW}${END_FRAME}`);
      drawn = live;
      drawnColumns = columns;
      cursorHidden = true;
    },
    clear(columns) {
      if (drawn.length === 0 && !cursorHidden) return;
      target.write(`${upToFirst(columns)}${wiped()}${SHOW_CURSOR}`);
      drawn = [];
      cursorHidden = false;
    },
  };
}
