import { NO_BREAK, plainBlanks } from '../commands-in-text.js';
import { displayWidth } from './text-width.js';

/** Below this there is no good place to break at. */
const NARROWEST = 20;

/**
 * Text for a terminal of this width: lines break at blanks only, and go on below the text they belong to: behind its mark, its label or
 * its column. A word that is wider than the terminal has a line of its own, which the terminal may wrap: it can still be copied.
 * `columns` undefined: not a terminal, nothing is broken.
 */
export function foldText(text: string, columns: number | undefined): string {
  if (columns === undefined || columns < NARROWEST) return plainBlanks(text);
  return text
    .split('\n')
    .map((line) => (displayWidth(line) <= columns ? line : foldLine(line, columns)))
    .map(plainBlanks)
    .join('\n');
}

/** How wide a stream is, `undefined` when it is no terminal: a file is as wide as it likes. */
export function columnsOf({ isTTY, columns }: { isTTY?: boolean; columns?: number }): number | undefined {
  return isTTY === true && columns !== undefined && columns > 0 ? columns : undefined;
}

function foldLine(line: string, columns: number): string {
  const [, lead = '', body = ''] = /^( *)(.*)$/su.exec(line) ?? [];
  const hang = hangOf(line, columns);
  const lines: string[] = [];
  let current = lead;
  let width = lead.length;
  let empty = true;
  // Escape sequences have no blanks, and stay with their words.
  for (const [, gap = '', word = ''] of body.matchAll(/( *)([^ ]+)/g)) {
    const wide = displayWidth(word);
    if (!empty && width + gap.length + wide > columns) {
      lines.push(current);
      // A word that just fits into the terminal stands further to the left.
      const indent = Math.min(hang, Math.max(0, columns - wide));
      current = ' '.repeat(indent) + word;
      width = indent + wide;
    } else {
      current += gap + word;
      width += gap.length + wide;
    }
    empty = false;
  }
  return [...lines, current].join('\n');
}

const SGR = /\u001b\[[\d;]*m/g;
/** `✓ `, `! `: what stands in front of a text to be seen from afar. */
const MARK = /^ *(?:[!iox✓✗+~±=▸▪·–…│|•-]|\d+\.) /u;
/** `Region     `: a label or a first column, two blanks or more before the text. */
const COLUMN = /^ *\S+(?: \S+)* {2,}/u;
/** `Hint: ` */
const LABEL = /^ *[A-Z][a-z]{1,9}: /;

/** Where the further lines of a line begin. */
function hangOf(line: string, columns: number): number {
  const plain = line.replace(SGR, '').replaceAll(NO_BREAK, '\u0001');
  const widths = [COLUMN, MARK, LABEL].flatMap((pattern) => {
    const head = pattern.exec(plain)?.[0];
    return head === undefined ? [] : [displayWidth(head)];
  });
  const fitting = widths.find((width) => width <= columns / 2);
  if (fitting !== undefined) return fitting;
  const lead = /^ */.exec(plain)?.[0].length ?? 0;
  // A row of columns that does not fit goes on a little to the right of where it began.
  return Math.min(widths.length > 0 ? lead + 2 : lead, columns / 2);
}
