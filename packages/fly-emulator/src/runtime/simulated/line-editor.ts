import type { Readable } from 'node:stream';

const INTERRUPT = '\u0003';
const END_OF_FILE = '\u0004';
const ERASE = ['\u007f', '\b'];

export type LineInput = { kind: 'line'; text: string } | { kind: 'end' };

/** What a terminal's line discipline does: echo, erase, interrupt, end of file. */
export interface LineEditor {
  /** The next line, or the end of input. */
  next(): Promise<LineInput>;
}

/** @param onInterrupt called as soon as Ctrl-C is typed, also while a command runs */
export function createLineEditor(input: Readable, echo: (text: string) => void, onInterrupt: () => void): LineEditor {
  const ready: LineInput[] = [];
  let waiting: ((input: LineInput) => void) | null = null;
  let line = '';
  const give = (input: LineInput): void => {
    const taker = waiting;
    waiting = null;
    if (taker) taker(input);
    else ready.push(input);
  };
  const type = (char: string): void => {
    if (char === '\r' || char === '\n') {
      echo('\n');
      const text = line;
      line = '';
      give({ kind: 'line', text });
    } else if (ERASE.includes(char)) {
      if (line !== '') echo('\b \b');
      line = line.slice(0, -1);
    } else if (char === INTERRUPT) {
      echo('^C\n');
      line = '';
      onInterrupt();
    } else if (char === END_OF_FILE) {
      if (line === '') give({ kind: 'end' });
    } else {
      echo(char);
      line += char;
    }
  };
  input.on('data', (chunk: Buffer) => {
    for (const char of chunk.toString('utf8')) type(char);
  });
  input.once('end', () => {
    if (line !== '') give({ kind: 'line', text: line });
    give({ kind: 'end' });
  });
  return {
    next: () => {
      const first = ready.shift();
      return first ? Promise.resolve(first) : new Promise((resolve) => (waiting = resolve));
    },
  };
}
