import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTreeSizes } from '../../../src/runtime/processes/tree-size.js';

describe('what a volume holds', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), 'tree-size-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const MB = 1024 ** 2;
  /** Longer than any count takes, on a machine that has much else to do. */
  const PATIENT_MS = 60_000;

  test('is counted below as well, without what links lead to, and anew after some seconds', async () => {
    let now = 0;
    const sizes = createTreeSizes({ nowMs: () => now, waitMs: PATIENT_MS });
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

  test('is not known while the first count takes longer than an answer may wait, and soon after', async () => {
    for (let file = 0; file < 2_000; file += 1) writeFileSync(path.join(directory, String(file)), '1');
    const sizes = createTreeSizes({ nowMs: () => 0, waitMs: 0 });
    expect(await sizes.bytes(directory)).toBeNull();
    let counted = await sizes.bytes(directory);
    while (counted === null) counted = await sizes.bytes(directory);
    expect(counted).toBeGreaterThan(0);
  });

  test('is nothing where there is no directory yet', async () => {
    expect(await createTreeSizes({ waitMs: PATIENT_MS }).bytes(path.join(directory, 'none'))).toBe(0);
  });
});
