import { CLEAR_TO_LINE_END } from './control-sequences.js';
import { displayWidth } from './text-width.js';

/**
 * A line that leaves nothing of what stood to its right. Not so behind one that fills its row: the cursor still stands on the last
 * character then, which would be wiped with the rest.
 */
export function wipedLine(line: string, columns: number): string {
  const width = displayWidth(line);
  return width > 0 && width % Math.max(1, columns) === 0 ? line : `${line}${CLEAR_TO_LINE_END}`;
}
