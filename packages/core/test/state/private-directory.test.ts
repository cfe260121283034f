import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toSindriError } from '../../src/model/to-sindri-error.js';
import { createFile } from '../../src/state/create-file.js';
import { fileUnwritable, replaceFile } from '../../src/state/replace-file.js';
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

test('a link that leads nowhere is told as one, also above what was to be made', async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'sindri-link-'));
  const link = path.join(root, 'link');
  symlinkSync('/nowhere/at-all', link);
  for (const directory of [link, path.join(link, 'a', 'b')]) {
    await expect(makePrivateDirectory(directory)).rejects.toMatchObject({
      code: 'STATE_UNUSABLE',
      message: `Sindri cannot keep its files in ${directory}: ${link} is a link to /nowhere/at-all, which is not there.`,
      hint: expect.stringMatching(/^Make what the link leads to or remove the link, or set SINDRI_STATE_DIR/),
      details: { reason: 'ENOLINK' },
    });
  }
  rmSync(root, { recursive: true });
});

describe('a file that cannot be written', () => {
  it.each([
    ['ENOSPC', 'the disk is full', 'Make room there'],
    ['EDQUOT', 'the quota is used up', 'Make room there'],
    ['EROFS', 'the file system is read-only', 'Make it writable'],
    ['EACCES', 'no permission', 'Make it writable'],
  ])('%s is told with what to do', (code, reason, remedy) => {
    const cause = Object.assign(new Error(`${code}: as the system says it, write`), { code });
    const told = fileUnwritable('/project/sindri.yaml', cause);
    expect(told).toMatchObject({
      code: 'FILE_UNWRITABLE',
      kind: 'usage',
      message: `/project/sindri.yaml cannot be written: ${reason}.`,
      hint: `${remedy} and run the command again, or name another place.`,
    });
    expect(fileUnwritable('/elsewhere', told)).toBe(told);
  });

  it('a full disk is no bug of ours, wherever it comes from', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(toSindriError(full)).toMatchObject({ code: 'FILE_UNWRITABLE', message: expect.stringContaining('full') });
    expect(toSindriError(Object.assign(new Error('EACCES'), { code: 'EACCES' }))).toMatchObject({ code: 'UNEXPECTED' });
  });

  it('leaves nothing half written, and what was there', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'sindri-file-'));
    const file = path.join(directory, 'a');
    expect([await createFile(file, 'one'), await createFile(file, 'two')]).toEqual([true, false]);
    expect([readFileSync(file, 'utf8'), readdirSync(directory)]).toEqual(['one', ['a']]);
    for (const write of [createFile, replaceFile]) {
      await expect(write(path.join(file, 'b'), 'text', 0o600)).rejects.toMatchObject({
        code: 'FILE_UNWRITABLE',
        details: { path: path.join(file, 'b'), reason: 'ENOTDIR' },
      });
    }
    rmSync(directory, { recursive: true });
  });
});
