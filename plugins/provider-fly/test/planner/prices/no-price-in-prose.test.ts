import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const room = path.resolve(__dirname, '../../..');

function texts(folder: string): string[] {
  return readdirSync(path.join(room, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(folder, name));
}

// A sum that somebody typed, as opposed to one that is computed from the price book.
const sum = /\$\s?\d|\d\s?(?:USD|dollars?)\b/;

it('no text of this provider names a price: all are computed from the price book', () => {
  const found = [...texts('src'), 'README.md'].flatMap((file) =>
    readFileSync(path.join(room, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (sum.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});
