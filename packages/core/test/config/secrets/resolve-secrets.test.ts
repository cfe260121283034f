import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isSindriError, type SindriError } from '../../../src/model/errors.js';
import { resolveSecrets, type ResolvedSecrets } from '../../../src/config/secrets/resolve-secrets.js';
import type { SecretSpec } from '../../../src/model/spec.js';
import { spec } from '../../fake-provider.js';

const secret = (name: string, extra: Partial<SecretSpec> = {}): SecretSpec => ({
  name,
  source: 'env',
  required: false,
  settings: {},
  ...extra,
});

describe('resolveSecrets', () => {
  let baseDir: string;
  let homeDir: string;

  beforeEach(async () => {
    baseDir = await mkdtemp(path.join(os.tmpdir(), 'sindri-secrets-'));
    homeDir = path.join(baseDir, 'home');
    await mkdir(homeDir);
  });
  afterEach(() => rm(baseDir, { recursive: true, force: true }));

  const write = (name: string, text: string | Buffer): Promise<void> => writeFile(path.join(baseDir, name), text);
  const resolve = (
    secrets: SecretSpec[],
    env: Record<string, string | undefined> = {},
    name = 'demo',
  ): Promise<ResolvedSecrets> => resolveSecrets(spec({ name, secrets, baseDir }), { env, homeDir });
  const failure = async (secrets: SecretSpec[], env: Record<string, string> = {}): Promise<SindriError> => {
    const error: unknown = await resolve(secrets, env).catch((reason: unknown) => reason);
    if (!isSindriError(error)) throw new Error('it should have failed');
    return error;
  };

  it('looks in the shell, then in .env.local, then in .env, then in the file', async () => {
    await write('.env.local', 'B=local\nC=local');
    await write('.env', 'B=env\nC=env\nD=env');
    await write('file.txt', 'from file\n');
    const secrets = ['A', 'B', 'C', 'D', 'E'].map((name) => secret(name, { fromFile: './file.txt' }));
    const bundle = await resolve(secrets, { A: 'shell', B: 'shell' });
    expect(bundle.entries.map(({ name, origin }) => [name, origin, bundle.reveal(name)])).toEqual([
      ['A', 'environment', 'shell'],
      ['B', 'environment', 'shell'],
      ['C', '.env.local', 'local'],
      ['D', '.env', 'env'],
      ['E', './file.txt', 'from file'],
    ]);
  });

  it('takes an empty variable for a value', async () => {
    await write('.env', 'A=x\nB=');
    const bundle = await resolve([secret('A', { required: true }), secret('B', { required: true })], { A: '' });
    expect([bundle.reveal('A'), bundle.reveal('B')]).toEqual(['', '']);
  });

  it('sorts by name and reveals nothing else', async () => {
    const bundle = await resolve([secret('B'), secret('A')], { A: '1', B: '2', C: '3' });
    expect(bundle.entries.map(({ name }) => name)).toEqual(['A', 'B']);
    expect(() => bundle.reveal('C')).toThrow('There is no secret C in this environment.');
    expect(JSON.stringify(bundle)).not.toMatch(/"[123]"/);
  });

  describe('from a file', () => {
    it('leaves everything but one line break at the end as it is', async () => {
      const key = '-----BEGIN KEY-----\nabc\n  def\n-----END KEY-----\n';
      await write('key', key);
      await write('two', 'x\n\n');
      await write('dos', 'a\r\nb\r\n');
      const bundle = await resolve([
        secret('KEY', { fromFile: 'key' }),
        secret('TWO', { fromFile: 'two' }),
        secret('DOS', { fromFile: 'dos' }),
      ]);
      expect([bundle.reveal('KEY'), bundle.reveal('TWO'), bundle.reveal('DOS')]).toEqual([
        key.slice(0, -1),
        'x\n',
        'a\r\nb',
      ]);
    });

    it('understands ~ and variables, and starts at the directory of the config', async () => {
      await mkdir(path.join(homeDir, '.ssh'));
      await writeFile(path.join(homeDir, '.ssh/id.pub'), 'ssh-ed25519 AAAA me\n');
      await write('here', 'here');
      const value = async (fromFile: string): Promise<string> =>
        (await resolve([secret('K', { fromFile })], { DIR: homeDir, SUB: '.ssh' })).reveal('K');
      expect(await value('~/.ssh/id.pub')).toBe('ssh-ed25519 AAAA me');
      expect(await value('$DIR/${SUB}/id.pub')).toBe('ssh-ed25519 AAAA me');
      expect(await value('home/.ssh/id.pub')).toBe('ssh-ed25519 AAAA me');
      expect(await value('here')).toBe('here');
      expect((await resolve([secret('K', { fromFile: '~/.ssh/id.pub' })])).entries[0]?.origin).toBe('~/.ssh/id.pub');
    });

    it('says why a file gave nothing', async () => {
      await write('large', Buffer.alloc(1024 * 1024 + 1, 'x'));
      await write('binary', Buffer.from([0xff, 0xfe, 0x00]));
      const reason = async (fromFile: string): Promise<string | undefined> =>
        (await resolve([secret('K', { fromFile })])).omitted[0]?.lookedIn.at(-1);
      expect(await reason('nope')).toBe('nope (not there)');
      expect(await reason('home')).toBe('home (a directory)');
      expect(await reason('large')).toBe('large (larger than 1 MB)');
      expect(await reason('binary')).toBe('binary (not a text file)');
      expect(await reason('$NOWHERE/x')).toBe('$NOWHERE/x (NOWHERE is not set)');
      expect(await reason('${constructor}/x')).toBe('${constructor}/x (constructor is not set)');
    });
  });

  it('leaves out an optional secret, and says where it looked', async () => {
    await write('.env', 'not an assignment');
    const bundle = await resolve([secret('A'), secret('B', { fromFile: 'b' })], { A: '1' });
    expect(bundle.entries.map(({ name }) => name)).toEqual(['A']);
    expect(bundle.omitted).toEqual([
      {
        name: 'B',
        lookedIn: ['the variable B', '.env.local (not there)', '.env (line 1 is no `NAME=value`)', 'b (not there)'],
      },
    ]);
  });

  it('names all required secrets that are missing, at once', async () => {
    const error = await failure([secret('A', { required: true }), secret('B'), secret('C', { required: true })]);
    expect(error.toJSON()).toEqual({
      code: 'SECRET_MISSING',
      kind: 'usage',
      message:
        'A is required and has no value; looked in the variable A, .env.local (not there) and .env (not there). ' +
        'C is required and has no value; looked in the variable C, .env.local (not there) and .env (not there).',
      hint: `Set A and C in the shell, or in ${path.join(baseDir, '.env.local')}.`,
      retryable: false,
      details: {
        secrets: [
          expect.objectContaining({ code: 'SECRET_MISSING', name: 'A', source: 'env' }),
          expect.objectContaining({ code: 'SECRET_MISSING', name: 'C', source: 'env' }),
        ],
      },
    });
  });

  it('refuses sources that it cannot read, also for optional secrets', async () => {
    const error = await failure([
      secret('A', { source: 'vault', settings: { vaultPath: 'p', vaultKey: 'k' } }),
      secret('B', { source: 'file', required: true }),
      secret('C', { required: true }),
    ]);
    expect(error).toMatchObject({
      code: 'SECRET_SOURCE_UNSUPPORTED',
      kind: 'usage',
      details: { secrets: [{ name: 'A', source: 'vault' }, { name: 'B', source: 'file' }, { name: 'C' }] },
    });
    expect(error.message).toMatch(/^A: this version cannot read the source "vault"\. B: .*"file"\. C is required/);
    expect(error.hint).toMatch(/^Supported: `source: env`, with `fromFile` for a file\. Set C in the shell/);
  });

  it('never says a value', async () => {
    await write('.env.local', 'A="hunter2\nunclosed');
    await write('.env', 'hunter2');
    const error = await failure([secret('A', { required: true }), secret('B', { required: true })], { C: 'hunter2' });
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });

  it('cannot be read where permission is missing', async () => {
    if (process.getuid?.() === 0) return;
    await write('.env', 'A=1');
    await chmod(path.join(baseDir, '.env'), 0);
    expect((await resolve([secret('A')])).omitted[0]?.lookedIn).toContain('.env (no permission)');
  });

  it('stops when nobody waits for it any more', async () => {
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(resolveSecrets(spec({ baseDir }), { env: {}, homeDir, signal })).rejects.toThrow('gone');
  });

  describe('the fingerprint', () => {
    const mark = async (name: string, value: string, environment = 'demo'): Promise<string | undefined> =>
      (await resolve([secret(name)], { [name]: value }, environment)).entries[0]?.fingerprint;

    it('is equal for equal values and differs for everything else', async () => {
      const marks = await Promise.all([
        mark('A', 'x'),
        mark('A', 'y'),
        mark('B', 'x'),
        mark('A', 'x', 'other'),
        mark('A', ''),
      ]);
      expect(new Set(marks).size).toBe(5);
      expect(await mark('A', 'x')).toBe(marks[0]);
    });

    it('is short, and stays what it is', async () => {
      expect(await mark('A', 'x')).toMatch(/^[A-Za-z0-9_-]{22}$/);
      expect(await mark('A', 'x')).toMatchInlineSnapshot(`"8EwGiSmGiYfyrj2xyRoRJg"`);
    });
  });
});
