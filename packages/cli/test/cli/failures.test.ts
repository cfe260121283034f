import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createWorkplace, type Workplace } from './workplace';

// Each command is a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

describe('failures', () => {
  let workplace: Workplace;
  beforeEach(() => (workplace = createWorkplace()));
  afterEach(() => workplace.remove());

  /** Text on stderr and nothing on stdout; with --json the same as one document on stdout. */
  async function expectFailure(
    args: string[],
    code: number,
    errorCode: string,
    env?: Record<string, string | undefined>,
  ) {
    const text = await workplace.run(args, { env });
    expect({ args, code: text.code, stdout: text.stdout }).toEqual({ args, code, stdout: '' });
    expect(text.stderr).toContain(errorCode);
    const { code: again, document, stderr } = await workplace.json(args, { env });
    expect({ args, again, stderr }).toEqual({ args, again: code, stderr: '' });
    expect(Object.keys(document)).toEqual(['error']);
    expect(document).toMatchObject({
      error: { code: errorCode, kind: expect.any(String), message: expect.any(String) },
    });
    return text.stderr;
  }

  it('a command that does not exist: the nearest one', async () => {
    expect(await expectFailure(['deplyo'], 2, 'USAGE')).toContain('sindri deploy');
    expect(await expectFailure(['config', 'vaildate'], 2, 'USAGE')).toContain('sindri config validate');
    expect(await expectFailure(['deplyo', '--help'], 2, 'USAGE')).toContain('sindri deploy');
  });

  it('an option that does not exist: the nearest one', async () => {
    expect(await expectFailure(['deploy', '--yess'], 2, 'USAGE')).toContain('--yes');
  });

  it('a value that does not fit', async () => {
    expect(await expectFailure(['deploy', '--timeout', 'soon'], 2, 'USAGE')).toContain('10m');
    expect(await expectFailure(['logs', '--since', 'yesterday'], 2, 'USAGE')).toContain('10m');
  });

  it('a word too many', async () => {
    expect(await expectFailure(['deploy', 'now'], 2, 'USAGE')).toContain('sindri deploy --help');
  });

  it('a command for the environment that is not behind two dashes', async () => {
    expect(await expectFailure(['exec'], 2, 'USAGE')).toContain('sindri exec -- ');
    expect(await expectFailure(['exec', 'ls'], 2, 'USAGE')).toContain('ls');
  });

  it('more of them than a pipe holds: each is told, however slow the reader', async () => {
    const keys = Array.from({ length: 6_000 }, (_, at) => `unknown_key_${at}: 1\n`);
    writeFileSync(path.join(workplace.dir, 'sindri.yaml'), `version: "3.0"\nname: big\n${keys.join('')}`);
    const { code, stderr } = await workplace.run(['plan']);
    expect(code).toBe(2);
    expect(stderr).toContain('unknown_key_5999');
    expect(stderr).toMatch(/Code: CONFIG_INVALID\n$/);
  });

  it('a stderr whose reader has gone is none: what was begun is brought to its end', async () => {
    workplace.config();
    const { child, ended } = workplace.start(['deploy', '--yes']);
    child.stderr?.destroy();
    expect((await ended).code).toBe(0);
    expect((await workplace.json(['status'])).document['state']).toBe('running');
  });

  it('no config', async () => {
    expect(await expectFailure(['plan'], 2, 'CONFIG_NOT_FOUND')).toContain('sindri config init');
    await expectFailure(['plan', '-c', 'other.yaml'], 2, 'CONFIG_NOT_FOUND');
    await expectFailure(['plan'], 2, 'CONFIG_NOT_FOUND', { SINDRI_CONFIG: 'other.yaml' });
  });

  it('a bad config: every problem with its place and the nearest key', async () => {
    workplace.config({ colour: 'white', trouble: '7' });
    const text = await expectFailure(['deploy'], 2, 'CONFIG_INVALID');
    expect(text).toContain('sindri.yaml:7:5');
    expect(text).toContain('color');
    expect(text).toContain('sindri.yaml:8:14');
    const { code, document } = await workplace.json(['config', 'validate']);
    expect([code, document]).toEqual([2, expect.objectContaining({ valid: false })]);
  });

  it.each([
    ['refused', 3],
    ['auth', 4],
    ['incomplete', 5],
    ['policy', 6],
    ['internal', 1],
  ])('%s: exit %i, also as JSON', async (kind, code) => {
    workplace.config({ trouble: kind });
    expect(await expectFailure(['deploy', '--yes'], code, 'PAPER_TROUBLE')).toContain('Dry it.');
  });

  it('sign-in missing: exit 4 and what to do', async () => {
    workplace.config();
    expect(await expectFailure(['status'], 4, 'PAPER_TOKEN_MISSING', { PAPER_TOKEN: undefined })).toContain(
      'Set PAPER_TOKEN.',
    );
  });

  it('a broken way to a remote process: 255', async () => {
    workplace.config();
    await expectFailure(['exec', '--', 'true'], 255, 'PAPER_TORN');
  });

  it('something that a provider cannot do', async () => {
    workplace.config();
    await expectFailure(['stop', '--suspend'], 2, 'CAPABILITY_UNSUPPORTED');
  });

  it('a question that nobody can answer names the flag', async () => {
    workplace.config();
    expect((await workplace.run(['deploy'])).code).toBe(0);
    expect(await expectFailure(['destroy'], 2, 'CONFIRMATION_REQUIRED')).toContain('--yes');
    workplace.config({ color: 'blue', trouble: 'loss' });
    expect(await expectFailure(['deploy'], 2, 'CONFIRMATION_REQUIRED')).toContain('--yes');
    expect((await workplace.json(['status'])).document).toMatchObject({ state: 'running' });
  });

  it("a plugin's command keeps the status that it chose", async () => {
    const { code, stdout, stderr } = await workplace.run(['paper', 'fail']);
    expect([code, stdout, stderr]).toEqual([3, '', expect.stringContaining('Error: The printer is on fire.')]);
  });

  it('one document cannot hold what has no end', async () => {
    workplace.config();
    const watching = await workplace.json(['status', '--watch']);
    expect([watching.code, watching.document]).toMatchObject([
      2,
      { error: { hint: expect.stringContaining('ndjson') } },
    ]);
  });

  it('a token never appears, not even in a trace', async () => {
    workplace.config();
    const { code, stdout, stderr } = await workplace.run(['status', '--debug'], {
      env: { PAPER_TOKEN: 'refused-token' },
    });
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toContain('debug GET /sheets → 200');
    expect(stderr).toContain('PAPER_TOKEN_REFUSED');
    expect(stderr).toMatch(/\n\s+at /);
    expect(stderr).not.toContain('refused-token');
  });

  it('a broken plugin of another provider does not keep doctor from trying the way in', async () => {
    const root = path.join(workplace.dir, 'spoilt');
    mkdirSync(root);
    const provider = { name: 'spoilt', apiVersion: 1, entry: './gone.js' };
    writeFileSync(
      path.join(root, 'package.json'),
      JSON.stringify({ name: '@spoilt/plugin', version: '0.0.1', oclif: {}, sindri: { provider } }),
    );
    workplace.link([
      { name: '@sindri-test/paper', root: path.resolve(__dirname, '../fixture-plugin') },
      { name: '@spoilt/plugin', root },
    ]);
    workplace.config();
    expect((await workplace.run(['deploy'])).code).toBe(0);
    const { stdout } = await workplace.run(['doctor', '--connect']);
    expect(stdout).toContain('@spoilt/plugin');
    expect(stdout).toMatch(/^connection$/m);
  });

  it.each<[string, object, string, string]>([
    ['another contract version', { apiVersion: 99 }, 'PROVIDER_API_VERSION', '99'],
    ['a broken entry', { entry: './gone.js' }, 'PROVIDER_BROKEN', 'gone.js'],
    ['a name that is taken', { name: 'fly' }, 'PROVIDER_DUPLICATE', 'fly'],
  ])('a plugin with %s is named, with the fix', async (_title, spoilt, code, word) => {
    const root = path.join(workplace.dir, 'spoilt');
    const declared = { name: 'spoilt', apiVersion: 1, entry: './provider.js', ...spoilt };
    mkdirSync(root);
    writeFileSync(path.join(root, 'provider.js'), 'module.exports = {};');
    writeFileSync(
      path.join(root, 'package.json'),
      JSON.stringify({ name: '@spoilt/plugin', version: '0.0.1', oclif: {}, sindri: { provider: declared } }),
    );
    workplace.link([{ name: '@spoilt/plugin', root }]);
    writeFileSync(
      path.join(workplace.dir, 'sindri.yaml'),
      `version: "3.0"\nname: x\ndeployment:\n  provider: ${declared.name}\n`,
    );
    const { code: status, stderr } = await workplace.run(['plan']);
    expect(status).toBe(2);
    for (const part of [code, word, '@spoilt/plugin']) expect(stderr).toContain(part);
    const list = await workplace.run(['provider', 'list']);
    expect([list.code, list.stdout]).toEqual([0, expect.stringContaining(code)]);
  });
});
