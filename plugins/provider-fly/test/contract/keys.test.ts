import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AdmittedKey, ApplyReport, Environment, Session } from '@sindri/core';
import { createIdentity, identityFromFile } from '@sindri/ssh';
import { createWorkplace, quickstart, type Workplace } from '../support/workplace';

const theirKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGm0pSe8GZq2pB7zTrNNnsAIVqUYMwHmBFQAqTDDLcQ2';

describe('whoever runs it', () => {
  let workplace: Workplace;
  let first: Environment;
  let second: Environment;

  beforeEach(async () => {
    workplace = await createWorkplace();
    await workplace.deploy();
    first = await workplace.open();
    second = await workplace.open({ stateDir: path.join(workplace.home, 'elsewhere'), env: { USER: 'runner' } });
    workplace.events.length = 0;
    workplace.emulator.requests.clear();
  });

  afterEach(() => workplace.remove());

  const writes = (): string[] =>
    workplace.emulator.requests
      .list()
      .filter((entry) => entry.writes)
      .map(({ method, path: asked }) => `${method} ${asked.replace(/.*\/my-sindri-fly/, '')}`);
  const notices = (code: string): string[] =>
    workplace.events.flatMap((event) => (event.type === 'notice' && event.code === code ? [event.message] : []));
  const machine = () => workplace.emulator.inspect().machines[0];
  const startedAt = (): unknown => [machine()?.id, machine()?.state, machine()?.version];
  const apply = async (environment: Environment, options: Parameters<Environment['plan']>[0]): Promise<ApplyReport> =>
    environment.apply(await environment.plan(options));
  const run = async (environment: Environment, command: string): Promise<string> =>
    finish(await environment.session({ command }));
  const own = (keys: AdmittedKey[], user: string): AdmittedKey | undefined =>
    keys.find(({ comment }) => comment.startsWith(user));

  it('an unchanged deploy is the same empty plan from another home, and writes nothing', async () => {
    const [mine, theirs] = [await first.plan(), await second.plan()];
    expect(theirs.changes).toEqual([]);
    expect(theirs.fingerprint).toBe(mine.fingerprint);
    await second.apply(theirs);
    expect(writes()).toEqual([]);
    expect(theirs.notes).toContainEqual(
      expect.objectContaining({
        level: 'info',
        code: 'FLY_SSH_KEY',
        message: expect.stringContaining('lets yours in'),
      }),
    );
  });

  it('a live session survives another who connects, deploys, adds and removes keys', async () => {
    const before = startedAt();
    const live = await first.session({ command: 'cat' });
    const said = collect(live);

    expect(await run(second, 'echo second')).toContain('second');
    await apply(second, {});
    await apply(second, { intent: 'key.admit', publicKey: theirKey, comment: 'them@work' });
    const added = (await second.keys()).find(({ comment }) => comment === 'them@work') as AdmittedKey;
    await apply(second, { intent: 'key.remove', fingerprint: added.fingerprint });
    const firsts = own(await second.keys(), 'tester') as AdmittedKey;
    await apply(second, { intent: 'key.remove', fingerprint: firsts.fingerprint });

    live.stdin.end('still here');
    expect(await said).toContain('still here');
    expect((await live.exited).code).toBe(0);
    expect(startedAt()).toEqual(before);
    expect((await first.plan()).changes).toEqual([]);
  });

  it('lets a second person in at his first use, once, in one line, without locking the first one out', async () => {
    expect(await run(second, 'echo second')).toContain('second');
    expect(notices('FLY_KEY_ADMITTED')).toEqual([expect.stringMatching(/SHA256:\S+ \(runner\).*after every start/)]);
    expect(await run(second, 'echo again')).toContain('again');
    expect(await run(first, 'echo first')).toContain('first');
    expect(notices('FLY_KEY_ADMITTED')).toHaveLength(1);
    expect(own(await first.keys(), 'runner')).toMatchObject({ where: ['now', 'next-start'], fromConfig: false });
    // Also for an SSH client of his own.
    expect((await second.sshTarget()).identityFile).toContain('elsewhere');
    expect((await first.plan()).changes).toEqual([]);
  });

  it('lets in a key pair that was made on a CI runner until the next start only: no job leaves a key behind', async () => {
    const env = { USER: 'runner', CI: 'true' };
    const runner = await workplace.open({ stateDir: path.join(workplace.home, 'job-1'), env });
    expect(await run(runner, 'echo job')).toContain('job');
    expect(notices('FLY_KEY_ADMITTED')).toEqual([expect.stringMatching(/until the machine's next start.*CI runner/)]);
    expect(own(await first.keys(), 'runner')).toMatchObject({ where: ['now'] });
    expect(writes().filter((write) => /secrets|metadata/.test(write))).toEqual([]);
    // Another command of the same job.
    expect(await run(runner, 'echo again')).toContain('again');
    expect(notices('FLY_KEY_ADMITTED')).toHaveLength(1);
    await run(await workplace.open({ stateDir: path.join(workplace.home, 'job-2'), env }), 'true');
    expect((await first.keys()).filter(({ comment }) => comment === 'runner')).toHaveLength(2);

    await workplace.deploy({ config: quickstart.replace('4GB', '2GB') });
    const keys = await (await workplace.open()).keys();
    expect(keys.map(({ comment }) => comment)).toEqual(['tester']);
  });

  it('keeps whom it let in after the next start that sees the new secrets', async () => {
    await run(second, 'true');
    const config = quickstart.replace('4GB', '2GB');
    await workplace.deploy({ config });
    workplace.events.length = 0;
    expect(await run(second, 'echo still')).toContain('still');
    expect(notices('FLY_KEY_ADMITTED')).toEqual([]);
  });

  it('lets in again who was taken out meanwhile, because the token says that he may', async () => {
    const [key] = await first.keys();
    await apply(second, { intent: 'key.admit', publicKey: theirKey });
    await apply(second, { intent: 'key.remove', fingerprint: key?.fingerprint ?? '' });
    expect((await first.keys()).map(({ fingerprint }) => fingerprint)).not.toContain(key?.fingerprint);
    expect(await run(first, 'echo back')).toContain('back');
    expect(notices('FLY_KEY_ADMITTED')).toHaveLength(1);
  });

  it('lets in where SSH refuses a key that is noted as admitted', async () => {
    await second.exec({ command: ['sh', '-c', `echo ${theirKey} > $HOME/.ssh/authorized_keys`] });
    expect(await run(first, 'echo back')).toContain('back');
    expect(notices('FLY_KEY_ADMITTED')).toHaveLength(1);
  });

  it('admits a key once, and a sleeping machine is neither woken nor asked', async () => {
    const codes = async () =>
      (await first.plan({ intent: 'key.admit', publicKey: theirKey })).notes.map(({ code }) => code);
    // Of a machine that runs it is said when the key lasts.
    expect(await codes()).toEqual(['FLY_KEY_NEEDS_START']);
    await first.suspend();
    expect(await codes()).toEqual(['FLY_KEY_SUSPENDED']);
    const [known] = await first.keys();
    const removal = { intent: 'key.remove', fingerprint: known?.fingerprint ?? '' } as const;
    await expect(first.plan(removal)).rejects.toMatchObject({ code: 'FLY_LAST_KEY' });
    await first.stop();
    expect(await codes()).toEqual([]);
    await apply(first, { intent: 'key.admit', publicKey: theirKey, comment: 'them' });
    expect(machine()?.state).toBe('stopped');
    expect((await first.plan({ intent: 'key.admit', publicKey: theirKey, comment: 'them' })).changes).toEqual([]);
    const keys = await first.keys();
    expect(keys.map(({ where }) => where)).toEqual([['next-start'], ['next-start']]);
    expect(own(keys, 'them')).toMatchObject({ type: 'ssh-ed25519' });
    expect(machine()?.state).toBe('stopped');
    expect((await first.plan()).changes).toEqual([]);
    // Suspended, it goes on with the keys that it has in memory.
    await first.start();
    await first.suspend();
    expect((await first.plan(removal)).notes.map(({ code }) => code)).toEqual(['FLY_KEY_SUSPENDED']);
  });

  it('does not remove the last key, nor admit half a key', async () => {
    const [key] = await first.keys();
    await expect(first.plan({ intent: 'key.remove', fingerprint: key?.fingerprint ?? '' })).rejects.toMatchObject({
      code: 'FLY_LAST_KEY',
      kind: 'refused',
    });
    const half = { intent: 'key.admit', publicKey: theirKey.slice(0, 70) } as const;
    await expect(first.plan(half)).rejects.toMatchObject({ code: 'FLY_KEY_UNUSABLE', kind: 'usage' });
  });

  it('does not undo what two add at once', async () => {
    const other = await createIdentity({ stateDir: path.join(workplace.home, 'third'), environment: 'x' });
    await Promise.all([
      apply(first, { intent: 'key.admit', publicKey: theirKey, comment: 'a' }),
      apply(second, { intent: 'key.admit', publicKey: other.publicKey, comment: 'b' }),
    ]);
    const keys = await first.keys();
    expect(keys).toHaveLength(3);
    expect(keys.every(({ where }) => where.length === 2)).toBe(true);
  });

  it('writes a hostile comment as one line of text', async () => {
    const comment = `$(touch /tmp/pwned) '"; %s \u202e\u009b31m ${'x'.repeat(200)}`;
    await apply(first, { intent: 'key.admit', publicKey: theirKey, comment });
    const shown = own(await first.keys(), '$(touch')?.comment;
    expect(shown).toMatch(/^\$\(touch \/tmp\/pwned\) '"; %s {1,2}31m x+$/);
    expect(shown?.length).toBeLessThanOrEqual(100);
    expect(await run(first, 'echo fine')).toContain('fine');
  });
});

describe('an AUTHORIZED_KEYS of the config', () => {
  let workplace: Workplace;
  const declared = `${quickstart}secrets:\n  - name: AUTHORIZED_KEYS\n    source: env\n`;

  beforeEach(async () => {
    workplace = await createWorkplace();
  });

  afterEach(() => workplace.remove());

  it('is the truth at the next start: whoever is let in meanwhile is in until then', async () => {
    const options = { config: declared, env: { AUTHORIZED_KEYS: `${theirKey} them@work` } };
    await workplace.deploy(options);
    const environment = await workplace.open(options);
    const plan = await environment.plan();
    expect(plan.changes).toEqual([]);
    expect(plan.notes).toContainEqual(expect.objectContaining({ level: 'warning', code: 'FLY_SSH_KEY_NOT_HERE' }));
    expect(await finish(await environment.session({ command: 'echo in' }))).toContain('in');
    expect(workplace.events).toContainEqual(
      expect.objectContaining({ code: 'FLY_KEY_ADMITTED', message: expect.stringContaining('comes from the config') }),
    );
    const keys = await environment.keys();
    expect(keys).toMatchObject([
      { comment: 'them@work', where: ['now', 'next-start'], fromConfig: true },
      { comment: 'tester', where: ['now'], fromConfig: false },
    ]);
    expect((await environment.plan()).changes).toEqual([]);
    const remove = (key: AdmittedKey | undefined) =>
      environment.plan({ intent: 'key.remove', fingerprint: key?.fingerprint ?? '' });
    await expect(remove(keys[0])).rejects.toMatchObject({ code: 'FLY_KEY_FROM_CONFIG', kind: 'refused' });
    await environment.apply(await remove(keys[1]));
    expect(await environment.keys()).toHaveLength(1);
    await environment.stop();
    await expect(environment.plan({ intent: 'key.admit', publicKey: theirKey })).rejects.toMatchObject({
      code: 'FLY_KEYS_DECLARED',
    });
  });

  const [type, base64 = ''] = theirKey.split(' ');
  it.each<[string, string, string, string?]>([
    ['nothing', '', 'SECRET_MISSING', '    required: true\n'],
    ['no key', 'my key', 'SECRET_UNUSABLE'],
    ['a key broken in two', `${type} ${base64.slice(0, 30)}\n${base64.slice(30)}`, 'SECRET_UNUSABLE'],
    [
      'a private key',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbg==\n-----END OPENSSH PRIVATE KEY-----',
      'SECRET_UNUSABLE',
    ],
  ])('with %s in it is refused before anything is sent', async (_what, value, code, more = '') => {
    await expect(
      workplace.deploy({ config: `${declared}${more}`, env: { AUTHORIZED_KEYS: value } }),
    ).rejects.toMatchObject({
      code,
      kind: 'usage',
      message: expect.stringContaining('AUTHORIZED_KEYS'),
    });
    expect(workplace.emulator.requests.list()).toEqual([]);
  });

  it('is read in the form of RFC 4716 too', async () => {
    const block = `---- BEGIN SSH2 PUBLIC KEY ----\nComment: "them"\n${base64}\n---- END SSH2 PUBLIC KEY ----\n`;
    writeFileSync(path.join(workplace.home, 'theirs.pub'), block);
    const config = declared.replace('source: env', 'source: env\n    fromFile: theirs.pub');
    const plan = await workplace.plan({ config });
    expect(plan.notes.find(({ code }) => code === 'FLY_SSH_KEY')?.message).toMatch(/SHA256:\S+ \(them\)/);
  });

  it('planning and login agree on a key file of the old format beside its public half', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    mkdirSync(path.join(workplace.home, 'keys'));
    // Indented, as from a chat window.
    writeFileSync(path.join(workplace.home, 'keys/id_rsa'), privateKey.replace(/^/gm, '  '), { mode: 0o600 });
    const { publicKey = '' } = (await identityFromFile(path.join(workplace.home, 'keys/id_rsa'))) ?? {};
    expect(publicKey).toMatch(/^ssh-rsa /);
    writeFileSync(path.join(workplace.home, 'keys/id_rsa.pub'), `${publicKey} me\n`);
    const config = declared.replace('source: env', 'source: env\n    fromFile: keys/id_rsa.pub');
    const plan = await workplace.plan({ config });
    expect(plan.notes.find(({ code }) => code === 'FLY_SSH_KEY')?.message).toMatch(
      /SHA256:\S+ \(me\)\. This computer can log in with it \(.*id_rsa\)/,
    );
    await workplace.deploy({ config });
    const environment = await workplace.open({ config });
    expect(await finish(await environment.session({ command: 'echo rsa' }))).toContain('rsa');
    expect(workplace.events.filter((event) => event.type === 'notice')).toEqual([]);
    expect(readFileSync((await environment.sshTarget()).identityFile as string, 'utf8')).toContain('RSA PRIVATE KEY');
  });
});

async function finish(session: Session): Promise<string> {
  const said = collect(session);
  session.stdin.end();
  return said;
}

async function collect(session: Session): Promise<string> {
  const chunks: Buffer[] = [];
  session.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  session.stderr.resume();
  await session.exited;
  return Buffer.concat(chunks).toString('utf8');
}
