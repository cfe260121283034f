/** What a terminal is told beside text, where lines are drawn in place. */
export const HIDE_CURSOR = '\u001b[?25l';
export const SHOW_CURSOR = '\u001b[?25h';
/** A terminal that knows "synchronized output" shows the whole frame at once; others ignore it. */
export const BEGIN_FRAME = '\u001b[?2026h';
export const END_FRAME = '\u001b[?2026l';
export const CLEAR_TO_LINE_END = '\u001b[K';
/** From the start of a row whose next row is on the screen: wiped with everything below it. Never at once: tmux takes a screen that is wiped from its first cell for one to keep, in its history. */
export const CLEAR_ROWS = '\u001b[K\u001b[B\u001b[J\u001b[A';
export const CLEAR_BELOW = '\u001b[J';
