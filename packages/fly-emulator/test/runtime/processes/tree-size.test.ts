import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTreeSizes } from '../../../src/runtime/processes/tree-size.js';

describe('what a volume holds', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), 'tree-size-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const MB = 1024 ** 2;

  test('is counted below as well, without what links lead to, and anew after some seconds', async () => {
    let now = 0;
    const sizes = createTreeSizes(() => now);
    mkdirSync(path.join(directory, 'deep/er'), { recursive: true });
    writeFileSync(path.join(directory, 'deep/er/file'), Buffer.alloc(MB, 1));
    symlinkSync('/usr', path.join(directory, 'link'));
    const first = (await sizes.bytes(directory)) ?? 0;
    expect(first).toBeGreaterThanOrEqual(MB);
    expect(first).toBeLessThan(2 * MB);

    writeFileSync(path.join(directory, 'more'), Buffer.alloc(3 * MB, 1));
    expect(await sizes.bytes(directory)).toBe(first);
    now += 10_000;
    expect(await sizes.bytes(directory)).toBeGreaterThanOrEqual(first + 3 * MB);
  });

  test('is nothing where there is no directory yet', async () => {
    expect(await createTreeSizes().bytes(path.join(directory, 'none'))).toBe(0);
  });
});
