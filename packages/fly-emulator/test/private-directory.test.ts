import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DirectoryUnusable, makePrivateDirectory } from '../src/private-directory';

describe('makePrivateDirectory', () => {
  let base: string;
  beforeEach(() => (base = mkdtempSync(path.join(tmpdir(), 'emulator-directory-'))));
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  it('makes what is missing, for this user only, and leaves what is there', () => {
    const place = path.join(base, 'a', 'b');
    makePrivateDirectory(place);
    makePrivateDirectory(place);
    expect(statSync(place).mode & 0o777).toBe(0o700);
  });

  it('says of a link that leads nowhere where it leads', () => {
    const link = path.join(base, 'link');
    symlinkSync('/nowhere/at-all', link);
    expect(() => makePrivateDirectory(path.join(link, 'a'))).toThrow(
      `(${link} is a link to /nowhere/at-all, which is not there)`,
    );
  });

  it('says which directory cannot be made when a file is in its way', () => {
    writeFileSync(path.join(base, 'file'), '');
    for (const place of ['file', 'file/below', 'file/far/below']) {
      expect(() => makePrivateDirectory(path.join(base, place))).toThrow(DirectoryUnusable);
    }
  });

  (existsSync('/proc/self') ? it : it.skip)('ends where nothing can be made', () => {
    expect(() => makePrivateDirectory('/proc/nope/sindri/emulator')).toThrow(/\/proc\/nope\/sindri\/emulator/);
  });
});
