import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const MAX_LINE = 16 * 1024;

/** Calls back with every line of a stream; an unfinished last line counts, over-long ones are cut in pieces. */
export function readLines(source: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line.replace(/\r$/, ''));
    while (rest.length > MAX_LINE) {
      onLine(rest.slice(0, MAX_LINE));
      rest = rest.slice(MAX_LINE);
    }
  };
  source.on('data', (chunk: Buffer) => take(decoder.write(chunk)));
  source.once('close', () => {
    take(decoder.end());
    if (rest !== '') onLine(rest);
  });
  source.on('error', () => {});
}
