import { PassThrough } from 'node:stream';
import { createPrompts } from '../src/prompts.js';

test('a question that is longer than the terminal is wide breaks at a blank, and the answer stands behind it', async () => {
  const stdin = new PassThrough();
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 30 });
  let shown = '';
  stderr.setEncoding('utf8').on('data', (text: string) => (shown += text));
  const answer = createPrompts({ stdin, stderr }).typed(
    'Type the name of the environment (demo) to destroy it:',
    'demo',
    new AbortController().signal,
  );
  stdin.write('demo\r');
  await expect(answer).resolves.toBe(true);
  const lines = shown.replace(/\u001b\[[\d;]*[A-Za-z]/g, '').split(/\r?\n/);
  expect(lines.slice(0, 1)).toEqual(['Type the name of the']);
  expect(lines[1]).toMatch(/^environment \(demo\) to destroy/);
});
