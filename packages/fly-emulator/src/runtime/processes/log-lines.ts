import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const MAX_LINE = 16 * 1024;
/**
 * A program that prints without end waits for its reader, as on a slow console: after so many lines or characters the rest stays
 * in the pipe for a moment. The emulator has other things to do.
 */
const AT_ONCE = { lines: 500, characters: 256 * 1024 };
const PAUSE_MS = 25;

/**
 * Calls back with every line of a stream, at most about 20,000 a second; an unfinished last line counts, over-long ones are cut in
 * pieces.
 */
export function readLines(source: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let lines = 0;
  let characters = 0;
  const give = (line: string): void => {
    lines += 1;
    onLine(line);
  };
  const giveInPieces = (line: string): void => {
    let from = 0;
    for (; line.length - from > MAX_LINE; from += MAX_LINE) give(line.slice(from, from + MAX_LINE));
    give(line.slice(from));
  };
  const take = (text: string): void => {
    const whole = (rest + text).split('\n');
    rest = whole.pop() ?? '';
    for (const line of whole) giveInPieces(line.replace(/\r$/, ''));
    while (rest.length > MAX_LINE) {
      give(rest.slice(0, MAX_LINE));
      rest = rest.slice(MAX_LINE);
    }
  };
  source.on('data', (chunk: Buffer) => {
    take(decoder.write(chunk));
    characters += chunk.length;
    if (lines < AT_ONCE.lines && characters < AT_ONCE.characters) return;
    // What came with one chunk is over in proportion to it.
    const pauseMs = PAUSE_MS * Math.max(lines / AT_ONCE.lines, characters / AT_ONCE.characters);
    [lines, characters] = [0, 0];
    source.pause();
    setTimeout(() => source.resume(), pauseMs);
  });
  source.once('close', () => {
    take(decoder.end());
    if (rest !== '') give(rest);
  });
  source.on('error', () => {});
}
