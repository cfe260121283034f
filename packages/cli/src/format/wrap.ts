import { cutText } from '../terminal/outside-text.js';

/** Running text as lines of at most `measure` characters; all but the first begin with `indent`. Words are never cut. */
export function wrap(text: string, indent: string, { measure }: { measure: number }): string {
  const lines: string[] = [];
  let line = '';
  for (const word of cutText(text).split(/\s+/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > measure) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${indent}`);
}
