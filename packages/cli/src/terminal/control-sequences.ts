/** What a terminal is told beside text, where lines are drawn in place. */
export const HIDE_CURSOR = '\u001b[?25l';
export const SHOW_CURSOR = '\u001b[?25h';
/** A terminal that knows "synchronized output" shows the whole frame at once; others ignore it. */
export const BEGIN_FRAME = '\u001b[?2026h';
export const END_FRAME = '\u001b[?2026l';
export const CLEAR_TO_LINE_END = '\u001b[K';
export const CLEAR_BELOW = '\u001b[J';
