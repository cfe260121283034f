import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makePrivateDirectory } from '../../src/state/private-directory.js';

describe('a private directory', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'sindri-private-'));

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('is there for everybody who makes it at the same time, with all that is missing above it', async () => {
    for (let round = 0; round < 50; round++) {
      const directory = path.join(root, String(round), 'a', 'b', 'c');
      await Promise.all(Array.from({ length: 8 }, () => makePrivateDirectory(directory)));
      expect(existsSync(directory)).toBe(true);
    }
  });
});
