import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import type { AdmittedKey, Plan } from '@sindri/core';
import { createIdentity } from '@sindri/ssh';
import { formatKeys } from '../../src/format/keys';
import { addKey, listKeys, removeKey } from '../../src/operations/keys';
import type { Shell } from '../../src/shell';
import { change, fakeEnvironment, fakeShell, plain, plan, report, summary } from '../fakes';

const keyOf = (name: string, rest: Partial<AdmittedKey> = {}): AdmittedKey => ({
  fingerprint: `SHA256:${name.padEnd(43, 'x')}`,
  type: 'ssh-ed25519',
  comment: name,
  where: ['now', 'next-start'],
  fromConfig: false,
  ...rest,
});
const keys = [
  keyOf('ana'),
  keyOf('twin', { fingerprint: `SHA256:${'1'.repeat(43)}` }),
  keyOf('twin', { fingerprint: `SHA256:${'2'.repeat(43)}`, where: ['next-start'] }),
  keyOf('ci', { fromConfig: true, where: ['now'] }),
];

let dir: string;
beforeEach(() => (dir = mkdtempSync(path.join(tmpdir(), 'sindri-keys-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function world(planned: Plan['intent'] = 'key.admit') {
  const asked: unknown[] = [];
  const environment = fakeEnvironment({
    keys: async () => keys,
    plan: async (options) => {
      asked.push(options);
      return plan([change('key:one', { action: 'update', title: 'admit a key' })], { intent: planned });
    },
    apply: async () => report({ intent: planned }),
    status: async () => summary(),
  });
  return { environment, asked };
}

const shellIn = (rest: Partial<Shell> = {}) => fakeShell({ cwd: dir, ...rest });
const source = (file?: string) => ({ file, stateDir: path.join(dir, 'state') });
async function publicKey(): Promise<string> {
  const { publicKey } = await createIdentity({ stateDir: path.join(dir, 'made'), environment: `e${Math.random()}` });
  return publicKey;
}

describe('keys list', () => {
  it('says of each key whose it is, and when it counts', async () => {
    const result = await listKeys(world().environment);
    expect(result).toEqual({ schema: 'sindri.keys/1', environment: 'demo', provider: 'fake', keys });
    const lines = formatKeys(result, plain).split('\n');
    expect(lines[0]).toMatch(/^KEY +TYPE +COMMENT +MAY LOG IN$/);
    expect(lines[1]).toMatch(/^SHA256:anax+ {2}ssh-ed25519 {2}ana {6}now and later$/);
    expect(lines[3]).toMatch(/twin {5}from the next start on$/);
    expect(lines[4]).toMatch(/ci {7}until the next start, from the config$/);
    const [fingerprint] = ['SHA256:'.padEnd(50, 'x')];
    const real = { ...result, keys: result.keys.slice(0, 2).map((key) => ({ ...key, fingerprint })) };
    const narrow = formatKeys(real, { ...plain, measure: 80 }).split('\n');
    expect(narrow.slice(0, 3)).toEqual([
      `${'KEY'.padEnd(50)}  COMMENT  MAY LOG IN`,
      `${fingerprint}  ana      now and later`,
      `${fingerprint}  twin     now and later`,
    ]);
  });

  it('says what to type when nobody may log in', () => {
    const none = { schema: 'sindri.keys/1', environment: 'demo', provider: 'fake', keys: [] } as const;
    expect(formatKeys({ ...none, keys: [] }, plain)).toContain('sindri keys add');
  });
});

describe('keys add', () => {
  it('admits the key of a file, with its comment', async () => {
    const key = await publicKey();
    writeFileSync(path.join(dir, 'ana.pub'), `# mine\n${key} ana@home\u001b[31m\n`);
    const { environment, asked } = world();
    const result = await addKey(environment, shellIn(), { source: source('ana.pub') });
    expect(asked).toEqual([{ intent: 'key.admit', publicKey: key, comment: 'ana@home' }]);
    expect(result).toMatchObject({ schema: 'sindri.change/1', intent: 'key.admit', status: 'applied' });
    expect(environment.calls).toEqual(['plan', 'apply', 'status']);
  });

  it('reads stdin, and stops after the plan of a dry run', async () => {
    const key = await publicKey();
    const stdin = new PassThrough();
    stdin.end(`${key}\n`);
    const { environment, asked } = world();
    const shell = shellIn({ streams: { stdin, stdout: stdin, stderr: stdin } as unknown as Shell['streams'] });
    const result = await addKey(environment, shell, { source: source('-'), dryRun: true });
    expect([result.status, asked]).toEqual(['planned', [{ intent: 'key.admit', publicKey: key }]]);
    expect(environment.calls).toEqual(['plan']);
  });

  it('without a file it is the key that this user logs in with', async () => {
    const made = await createIdentity({ stateDir: path.join(dir, 'state'), environment: 'demo' });
    const { environment, asked } = world();
    await addKey(environment, shellIn({ env: { HOME: dir } }), { source: source() });
    expect(asked).toEqual([{ intent: 'key.admit', publicKey: made.publicKey, comment: 'sindri-demo' }]);
  });

  it('says how to make one when there is none', async () => {
    const { environment } = world();
    const attempt = addKey(environment, shellIn({ env: { HOME: dir } }), { source: source() });
    await expect(attempt).rejects.toMatchObject({ code: 'USAGE', hint: expect.stringContaining('ssh-keygen') });
    expect(environment.calls).toEqual([]);
  });

  it.each<[string, () => Promise<string | Buffer> | string | Buffer, RegExp]>([
    [
      'a private key',
      () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
      /private key/,
    ],
    ['a key that was broken in copying', async () => (await publicKey()).replace(/(.{30})/, '$1\n'), /Line.* no SSH/],
    ['nothing', () => '\n', /no SSH public key/],
    ['two keys', async () => `${await publicKey()}\n${await publicKey()}\n`, /There are 2 public keys/],
    ['a very long file', () => Buffer.alloc(70_000, 'x'), /some\.pub cannot be read: larger than 64 KB/],
  ])('refuses %s before anything is planned', async (_title, make, message) => {
    writeFileSync(path.join(dir, 'some.pub'), await make());
    const { environment } = world();
    const attempt = addKey(environment, shellIn(), { source: source('some.pub') });
    await expect(attempt).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(message) });
    expect(environment.calls).toEqual([]);
  });

  it('refuses a directory, a file that is not there, and a pipe that nobody writes to', async () => {
    mkdirSync(path.join(dir, 'folder'));
    execFileSync('mkfifo', [path.join(dir, 'pipe')]);
    for (const [file, reason] of [
      ['folder', 'a directory'],
      ['none.pub', 'not there'],
      ['pipe', 'not a regular file'],
    ] as const) {
      const attempt = addKey(world().environment, shellIn(), { source: source(file) });
      await expect(attempt).rejects.toMatchObject({ code: 'USAGE', message: `${file} cannot be read: ${reason}.` });
    }
  });

  it('applies a saved plan without being told the key again', async () => {
    const saved = plan([change('key:one')], { intent: 'key.admit', parameters: { publicKey: 'ssh-ed25519 AAAA' } });
    const { environment } = world();
    const result = await addKey(environment, shellIn(), { source: source(), plan: saved });
    expect(result.status).toBe('applied');
    expect(environment.calls).toEqual(['apply', 'status']);
  });
});

describe('keys remove', () => {
  it.each([
    ['a comment', 'ana'],
    ['a fingerprint', keys[0]?.fingerprint as string],
    ['a fingerprint without its kind', (keys[0]?.fingerprint as string).slice('SHA256:'.length)],
  ])('finds the key by %s, and says which it takes away', async (_title, name) => {
    const { environment, asked } = world('key.remove');
    const shell = shellIn();
    const result = await removeKey(environment, shell, { name, yes: true });
    expect(result.status).toBe('applied');
    expect(asked).toEqual([{ intent: 'key.remove', fingerprint: keys[0]?.fingerprint }]);
    expect(shell.said[0]).toContain(`${keys[0]?.fingerprint} (ssh-ed25519, ana)`);
  });

  it.each([
    ['nobody', 'bob', /No key of demo/, /ana/],
    ['two', 'twin', /2 keys of demo/, /SHA256:1+[^]*SHA256:2+/],
    ['one of the config', 'ci', /comes from the config/, /AUTHORIZED_KEYS/],
    ['nothing at all', undefined, /Which key/, /sindri keys list/],
  ])('refuses a name that means %s', async (_title, name, message, hint) => {
    const { environment } = world('key.remove');
    const attempt = removeKey(environment, shellIn(), { name, yes: true });
    await expect(attempt).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    expect(environment.calls.filter((call) => call !== 'keys')).toEqual([]);
  });

  it('asks somebody at a terminal', async () => {
    const { environment } = world('key.remove');
    const questions: string[] = [];
    const confirm = async (question: string): Promise<boolean> => {
      questions.push(question);
      return false;
    };
    const shell = shellIn({
      prompts: { confirm, typed: async () => false, text: async () => null, hidden: async () => null },
    });
    await expect(removeKey(environment, shell, { name: 'ana' })).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    expect(questions).toEqual(['Take this key away?']);
    expect(environment.calls).toEqual(['keys', 'plan']);
  });
});
