import { PassThrough } from 'node:stream';
import { readLines } from '../../../src/runtime/processes/log-lines.js';

const collect = async (chunks: (string | Buffer)[]): Promise<string[]> => {
  const source = new PassThrough();
  const lines: string[] = [];
  readLines(source, (line) => lines.push(line));
  for (const chunk of chunks) source.write(chunk);
  source.end();
  await new Promise((resolve) => source.once('close', resolve));
  return lines;
};

test('lines arrive whole, whatever the chunks; an unfinished last one counts', async () => {
  expect(await collect(['a\r\nb', 'c\n', Buffer.from([0xc3]), Buffer.from([0xa4]), '\nend'])).toEqual([
    'a',
    'bc',
    'ä',
    'end',
  ]);
});

test('an over-long line is cut in pieces, also one that comes whole', async () => {
  const lines = await collect([`${'x'.repeat(40_000)}\n`, 'y'.repeat(20_000), `${'y'.repeat(20_000)}\n`]);
  expect(lines.map((line) => line.length)).toEqual([16_384, 16_384, 7232, 16_384, 16_384, 7232]);
});

test('a program that prints without end has to wait for its reader', () => {
  const source = new PassThrough();
  let lines = 0;
  readLines(source, () => (lines += 1));
  source.emit('data', Buffer.from('y\n'.repeat(500)));
  expect(source.isPaused()).toBe(true);
  source.resume();
  source.emit('data', Buffer.from('y\n'));
  expect(source.isPaused()).toBe(false);
  source.destroy();
});
