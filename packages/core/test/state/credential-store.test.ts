import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCredentialStore } from '../../src/state/credential-store.js';
import type { Keyring } from '../../src/state/keyring.js';

const AUDIENCE = 'https://api.example.com';

describe('createCredentialStore', () => {
  let stateDir: string;
  let items: Map<string, string>;
  let trouble: string | null;
  let asked: number;

  beforeEach(() => {
    stateDir = mkdtempSync(path.join(tmpdir(), 'sindri-credentials-'));
    items = new Map();
    trouble = null;
    asked = 0;
  });
  afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

  const touch = (): void => {
    asked++;
    if (trouble !== null) throw new Error(trouble);
  };
  const keyring: Keyring = {
    title: 'the keyring (test)',
    async store(account, _label, secret) {
      touch();
      items.set(account, secret);
    },
    async lookup(account) {
      touch();
      return items.get(account) ?? null;
    },
    async clear(account) {
      touch();
      items.delete(account);
    },
  };
  const open = (found: Keyring | null = keyring) =>
    createCredentialStore({ stateDir, env: {}, name: 'acme', openKeyring: async () => found });
  const file = () => path.join(stateDir, 'credentials/acme.json');
  const text = () => readFileSync(file(), 'utf8');

  it('keeps it in the keyring, and in a file only where to look', async () => {
    expect(await open().keep('secret-1', AUDIENCE)).toEqual({ place: keyring.title, problem: null });
    expect([...items.values()]).toEqual(['secret-1']);
    expect(text()).not.toContain('secret-1');
    expect(await open().read(AUDIENCE)).toEqual({ secret: 'secret-1', place: keyring.title });
    await open().keep('secret-2', AUDIENCE);
    expect([...items.values()]).toEqual(['secret-2']);
    expect(await open().forget()).toEqual({ removed: true, problem: null });
    expect([items.size, await open().read(AUDIENCE), await open().forget()]).toEqual([
      0,
      null,
      { removed: false, problem: null },
    ]);
  });

  it('without a keyring it keeps it in a private file', async () => {
    expect(await open(null).keep('secret-1', AUDIENCE)).toEqual({ place: file(), problem: null });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file())).mode & 0o777).toBe(0o700);
    expect(await open(null).read(AUDIENCE)).toEqual({ secret: 'secret-1', place: file() });
  });

  it('a keyring that fails is told, and the file takes it', async () => {
    trouble = 'the collection is locked';
    const { place, problem } = await open().keep('secret-1', AUDIENCE);
    expect([place, problem]).toEqual([file(), 'the keyring (test): the collection is locked']);
    trouble = null;
    expect(await open().read(AUDIENCE)).toMatchObject({ secret: 'secret-1' });
  });

  it('a keyring that gives back something else is not trusted', async () => {
    const forgetful: Keyring = { ...keyring, lookup: async () => 'secr' };
    expect(await open(forgetful).keep('secret-1', AUDIENCE)).toMatchObject({
      place: file(),
      problem: expect.stringContaining('something else'),
    });
    expect(items.size).toBe(0);
  });

  it('a locked keyring is no sign-out: reading says so', async () => {
    await open().keep('secret-1', AUDIENCE);
    trouble = 'the collection is locked';
    await expect(open().read(AUDIENCE)).rejects.toMatchObject({
      code: 'KEYRING_FAILED',
      kind: 'auth',
      message: expect.stringContaining('the collection is locked'),
    });
    await expect(open(null).read(AUDIENCE)).rejects.toMatchObject({ code: 'KEYRING_FAILED' });
    const { removed, problem } = await open().forget();
    expect([removed, problem]).toEqual([true, expect.stringMatching(/Remove the item "acme-\w+"/)]);
    expect(await open().read(AUDIENCE)).toBeNull();
  });

  it('what was removed from the keyring by hand is not there', async () => {
    await open().keep('secret-1', AUDIENCE);
    items.clear();
    expect(await open().read(AUDIENCE)).toBeNull();
  });

  it('goes from the keyring to the file and leaves nothing behind', async () => {
    await open().keep('secret-1', AUDIENCE);
    await createCredentialStore({
      stateDir,
      env: {},
      name: 'acme',
      openKeyring: async () => ({ ...keyring, store: () => Promise.reject(new Error('full')) }),
    }).keep('secret-2', AUDIENCE);
    expect(items.size).toBe(0);
    expect(await open().read(AUDIENCE)).toMatchObject({ secret: 'secret-2', place: file() });
  });

  it('gives it out for its own address only, and asks no keyring before that is clear', async () => {
    await open().keep('secret-1', AUDIENCE);
    asked = 0;
    expect(await open().read('http://127.0.0.1:4280')).toBeNull();
    expect(await open().place('http://127.0.0.1:4280')).toBeNull();
    expect([await open().place(AUDIENCE), asked]).toEqual([keyring.title, 0]);
  });

  it.each(['{', '{}', '[]', '{"keptIn":"file","audience":"x"}', '{"keptIn":"nowhere","audience":"x","secret":"y"}'])(
    'a file that says %j is damaged, not absent; a sign-out removes it',
    async (damaged) => {
      await open(null).keep('secret-1', AUDIENCE);
      writeFileSync(file(), damaged);
      await expect(open(null).read(AUDIENCE)).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
      expect(await open(null).forget()).toEqual({ removed: true, problem: null });
      expect(await open(null).read(AUDIENCE)).toBeNull();
    },
  );
});
