import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
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

  it('takes an empty value for none, and goes on to the next place', async () => {
    await write('.env', 'A=x\nB=');
    await write('b.txt', 'y');
    await write('empty.txt', '\n');
    const bundle = await resolve([secret('A'), secret('B', { fromFile: 'b.txt' })], { A: '' });
    expect([bundle.reveal('A'), bundle.reveal('B')]).toEqual(['x', 'y']);
    expect((await failure([secret('C', { required: true, fromFile: 'empty.txt' })], { C: '' })).message).toContain(
      'looked in the variable C (empty), .env.local (not there), .env and empty.txt (empty)',
    );
  });

  it('takes an empty value for one where the secret allows it', async () => {
    await write('.env', 'A=x\nB=');
    const allowed = (name: string): SecretSpec => secret(name, { required: true, allowEmpty: true });
    const bundle = await resolve([allowed('A'), allowed('B')], { A: '' });
    expect([bundle.reveal('A'), bundle.reveal('B')]).toEqual(['', '']);
  });

  describe('a value that is there and broken', () => {
    const pem = ['-----BEGIN PRIVATE KEY-----', 'MIIEvQIBADANBg', '-----END PRIVATE KEY-----'];

    it.each([
      [
        'a key without quotes',
        `X=1\nJUNK\nKEY=${pem.join('\n')}\n`,
        'KEY: line 3 of .env begins a key of several lines',
      ],
      ['a key in backticks', `X=1\n\nKEY=\`${pem.join('\n')}\`\n`, 'KEY: line 3 of .env has a backtick for a quote'],
      ['a quote that is never closed', 'JUNK\nKEY="abc\n', 'KEY: line 2 of .env has a quote that is never closed'],
    ])('is an error with its line, and no other place is asked: %s', async (_what, text, message) => {
      await write('.env', text);
      await write('other.txt', 'another value');
      const error = await failure([secret('KEY', { fromFile: 'other.txt' })]);
      expect(error).toMatchObject({ code: 'SECRET_UNREADABLE', kind: 'usage' });
      expect(error.message).toContain(message);
      expect(JSON.stringify(error)).not.toContain('MIIE');
    });

    it('is half a key in a file or a variable', async () => {
      await write('half.pem', pem.slice(0, 2).join('\n'));
      const error = await failure([secret('A', { fromFile: 'half.pem' }), secret('B')], { B: pem[0] as string });
      expect(error.message).toBe(
        'A: the value from half.pem begins a PEM block that does not end. B: the value from environment begins a PEM block that does not end.',
      );
    });

    it('is no trouble when it is quoted, and whole', async () => {
      await write('.env', `KEY="${pem.join('\n')}"\nTWO='${pem.join('\n')}'\n`);
      const bundle = await resolve([secret('KEY'), secret('TWO')]);
      expect([bundle.reveal('KEY'), bundle.reveal('TWO')]).toEqual([pem.join('\n'), pem.join('\n')]);
      expect(bundle.entries.map(({ privateKey }) => privateKey)).toEqual([true, true]);
    });
  });

  it('tells every line that was skipped, with file and line', async () => {
    await write('.env.local', 'what\nA=1\n');
    await write('.env', 'B=1\n=x\nC="y\n');
    expect((await resolve([secret('A'), secret('B')])).skippedLines).toEqual([
      '.env.local line 1 is no `NAME=value`',
      '.env line 2 is no `NAME=value`',
      '.env line 3 has a quote that is never closed',
    ]);
  });

  it('tells what is from outside of the project, links followed, unless it holds public keys only', async () => {
    const project = path.join(baseDir, 'project');
    await mkdir(project);
    await write('outside.txt', 'hunter22');
    await write('id.pub', '# mine\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me@home\n');
    await writeFile(path.join(project, 'inside.txt'), 'x');
    await symlink(path.join(baseDir, 'outside.txt'), path.join(project, 'link.txt'));
    const secrets = [
      secret('DOTS', { fromFile: '../outside.txt' }),
      secret('IN', { fromFile: 'inside.txt' }),
      secret('LINK', { fromFile: 'link.txt' }),
      secret('PUB', { fromFile: '../id.pub' }),
    ];
    const { entries } = await resolveSecrets(spec({ secrets, baseDir: project }), { env: {}, homeDir });
    const real = await realpath(path.join(baseDir, 'outside.txt'));
    expect(entries.map(({ name, outside }) => [name, outside])).toEqual([
      ['DOTS', real],
      ['IN', undefined],
      ['LINK', real],
      ['PUB', undefined],
    ]);
  });

  it('never reads a device or a pipe', async () => {
    await symlink('/dev/zero', path.join(baseDir, '.env'));
    const bundle = await resolve([secret('A', { fromFile: '/dev/zero' })]);
    expect(bundle.omitted[0]?.lookedIn).toEqual([
      'the variable A',
      '.env.local (not there)',
      '.env (not a regular file)',
      '/dev/zero (not a regular file)',
    ]);
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

  it('a file is delivered byte for byte, from where the config says; what is broken or missing is told', async () => {
    const bytes = Buffer.from([0, 1, 255, 10]);
    await write('cert.bin', bytes);
    await write('half.pem', '-----BEGIN PRIVATE KEY-----\nabc');
    const file = (name: string, at: string, required = false): SecretSpec =>
      secret(name, {
        source: 'file',
        required,
        settings: { path: at },
        file: { mountPath: `/secrets/${name}`, mode: 0o644 },
      });
    const read = (...secrets: SecretSpec[]): Promise<ResolvedSecrets> =>
      resolveSecrets(spec({ secrets, baseDir }), { env: { DIR: baseDir }, homeDir, files: true });
    const bundle = await read(file('A', './cert.bin'), file('B', '$DIR/nosuch'));
    expect([Buffer.from(bundle.reveal('A'), 'base64'), bundle.omitted]).toEqual([
      bytes,
      [{ name: 'B', lookedIn: ['$DIR/nosuch (not there)'] }],
    ]);
    await expect(read(file('A', './half.pem'), file('B', './nosuch', true))).rejects.toMatchObject({
      code: 'SECRET_UNREADABLE',
      message: expect.stringMatching(/^A: .*half\.pem begins a PEM.* B is required .*nosuch \(not there\)\.$/),
    });
    const [outside] = (await read(file('A', '/etc/hostname'))).entries;
    expect(outside?.outside).toBe(await realpath('/etc/hostname'));
  });

  it('a vault is asked once for each path; its secrets are from outside, and every end is told', async () => {
    const from = (name: string, vaultPath: string, vaultKey: string, required = true): SecretSpec =>
      secret(name, { source: 'vault', required, settings: { vaultPath, vaultKey } });
    const asked: string[] = [];
    const read = (...secrets: SecretSpec[]): Promise<ResolvedSecrets> =>
      resolveSecrets(spec({ secrets, baseDir }), {
        env: {},
        homeDir,
        vault: async ({ mount, path: asks }) => {
          asked.push(`${mount}/${asks}`);
          if (asks === 'down') return { status: 'failed', reason: 'VAULT_TOKEN is not set' };
          if (asks !== 'app') return { status: 'missing', reason: 'not there' };
          return { status: 'found', data: { KEY: 'a\nb#c', PORT: 1 }, place: 'Vault at https://v' };
        },
      });
    const bundle = await read(from('A', 'app', 'KEY'), from('B', 'app', 'nosuch', false));
    expect([bundle.reveal('A'), asked, bundle.omitted.map(({ name }) => name)]).toEqual([
      'a\nb#c',
      ['secret/app'],
      ['B'],
    ]);
    expect(bundle.entries[0]).toMatchObject({
      origin: 'secret/app#KEY',
      outside: 'secret/app#KEY (Vault at https://v)',
    });
    await expect(read(from('A', 'app', 'PORT'), from('B', 'down', 'x'), from('C', 'no', 'x'))).rejects.toMatchObject({
      code: 'SECRET_UNREADABLE',
      message:
        'A: the value of secret/app#PORT is no text; keep it as a string there. ' +
        'B: secret/down#x cannot be read: VAULT_TOKEN is not set. ' +
        'C is required and has no value; looked in secret/no#x (not there).',
    });
  });

  it('a named env file stands in for the two beside the config, and must be there', async () => {
    await write('.env', 'A=env\nB=env');
    await write('other.env', 'A=other');
    const secrets = [secret('A'), secret('B')];
    const named = (envFile: string): Promise<ResolvedSecrets> =>
      resolveSecrets(spec({ secrets, baseDir }), { env: {}, homeDir, envFile });
    const bundle = await named(path.join(baseDir, 'other.env'));
    expect([bundle.reveal('A'), bundle.entries[0]?.origin, bundle.omitted.map(({ name }) => name)]).toEqual([
      'other',
      'other.env',
      ['B'],
    ]);
    await expect(named(path.join(baseDir, 'nosuch.env'))).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' });
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
