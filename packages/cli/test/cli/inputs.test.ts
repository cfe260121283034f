import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { bin, createWorkplace, type Workplace } from './workplace';

// Each command is a process of its own, on a machine that may be busy.
jest.setTimeout(180_000);

/** A public key that belongs to nobody. */
const KEY = `ssh-ed25519 ${Buffer.concat([
  Buffer.from([0, 0, 0, 11]),
  Buffer.from('ssh-ed25519'),
  Buffer.from([0, 0, 0, 32]),
  Buffer.alloc(32, 7),
]).toString('base64')}`;

describe('inputs that people have', () => {
  let workplace: Workplace;
  beforeEach(() => (workplace = createWorkplace()));
  afterEach(() => workplace.remove());

  (existsSync('/dev/full') ? it : it.skip)('a stdout that is full: one line, and not zero', () => {
    workplace.config();
    for (const args of [['config', 'render'], ['validate'], ['--version'], ['help'], ['plan', '--output', 'ndjson']]) {
      const full = openSync('/dev/full', 'w');
      const own = args[0] === 'validate' ? ['config', ...args] : args;
      const { status, stderr } = spawnSync(process.execPath, [bin, ...own], {
        cwd: workplace.dir,
        env: workplace.env,
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8',
      });
      closeSync(full);
      const lines = stderr.split('\n').filter((line) => line.includes('Error'));
      expect({ own, status, lines }).toEqual({ own, status: 5, lines: [expect.stringContaining('stdout cannot be')] });
      expect(stderr).not.toMatch(/^ +at /m);
    }
  });

  it('a directory that was removed under the shell', () => {
    const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"';
    const start = (...args: string[]) =>
      spawnSync('sh', ['-c', script, 'sh', process.execPath, bin, ...args], {
        cwd: workplace.dir,
        env: workplace.env,
        encoding: 'utf8',
      });
    const { status, stderr } = start('status');
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^Error: The current directory was removed\.\nHint: /)]);
    const { error } = JSON.parse(start('list', '--json').stdout) as { error: object };
    expect(error).toMatchObject({ code: 'USAGE', kind: 'usage' });
  });

  (existsSync('/dev/full') ? it : it.skip)('exec, too, says that its output is lost', async () => {
    workplace.config();
    expect((await workplace.run(['deploy', '--yes'])).code).toBe(0);
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [bin, 'exec', '--', 'echo hello'], {
      cwd: workplace.dir,
      env: workplace.env,
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
      timeout: 60_000,
    });
    closeSync(full);
    expect([status, stderr.trim().split('\n')]).toEqual([5, [expect.stringContaining('stdout cannot be written')]]);
  });

  it('a config on a pipe with a name, whose writer has gone before anybody reads', () => {
    workplace.config();
    const pipe = path.join(workplace.dir, 'pipe');
    spawnSync('mkfifo', [pipe]);
    const writer = openSync(pipe, 'r+');
    const stdin = openSync(pipe, 'r');
    writeSync(writer, readFileSync(path.join(workplace.dir, 'sindri.yaml')));
    closeSync(writer);
    const { status, stdout } = spawnSync(process.execPath, [bin, 'config', 'validate', '-c', '/dev/stdin'], {
      cwd: workplace.dir,
      env: workplace.env,
      stdio: [stdin, 'pipe', 'pipe'],
      encoding: 'utf8',
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    closeSync(stdin);
    expect([status, stdout.trim()]).toEqual([0, expect.stringContaining('is valid')]);
  });

  it('a linked plugin whose folder is gone: one line that says what to type', async () => {
    workplace.link([{ name: '@sindri-test/gone', root: path.join(workplace.dir, 'gone') }]);
    const { code, stdout, stderr } = await workplace.run(['config', 'schema']);
    expect([code, stderr.trim().split('\n')]).toEqual([
      0,
      [
        expect.stringMatching(
          /@sindri-test\/gone is not in .*gone any more\. Type: sindri plugins unlink @sindri-test\/gone$/,
        ),
      ],
    ]);
    expect(() => JSON.parse(stdout)).not.toThrow();
    const unlinked = await workplace.run(['plugins', 'unlink', '@sindri-test/gone']);
    expect(unlinked.code).toBe(0);
    expect((await workplace.run(['config', 'schema'])).stderr).toBe('');
  });

  it.each([
    [['exec', 'uname', '-a'], 'sindri exec -- uname -a'],
    [['exec', '--method', 'api', 'ls', '-la'], 'sindri exec --method api -- ls -la'],
    [['connect', '-t', 'top -b'], "sindri connect -t -- 'top -b'"],
    [['exec', 'a b', '--', 'c'], "sindri exec -- 'a b' c"],
  ])('%p is shown as it should be typed', async (args, typed) => {
    const { code, stderr } = await workplace.run(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(typed)]);
  });

  it.each([
    ['init', 'sindri config init'],
    ['up', 'sindri deploy'],
    ['down', 'sindri stop, or sindri destroy'],
    ['ssh', 'sindri connect'],
    ['ls', 'sindri list'],
    ['login', 'sindri auth login'],
    ['reboot', 'sindri restart'],
    ['snapshots', 'sindri volume snapshots'],
  ])('%s, which another tool has, leads to %s', async (word, command) => {
    const { code, stderr } = await workplace.run([word]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`Did you mean: ${command}`)]);
  });

  (existsSync('/proc/self') ? it : it.skip)(
    'a state directory in which nothing can be made: at once, exit 2',
    async () => {
      workplace.config();
      const env = { SINDRI_STATE_DIR: undefined, XDG_STATE_HOME: '/proc/nope' };
      const started = await workplace.run(['emulator', 'start'], { env });
      expect([started.code, started.stderr]).toEqual([2, expect.stringContaining('/proc/nope/sindri/emulator')]);
      const init = await workplace.run(['config', 'init', '-c', '/proc/nope/a/sindri.yaml']);
      expect([init.code, init.stderr]).toEqual([2, expect.stringContaining('/proc/nope/a')]);
    },
  );

  it('keys: add, list, remove', async () => {
    workplace.config();
    expect((await workplace.run(['deploy', '--yes'])).code).toBe(0);
    const planned = await workplace.run(['keys', 'add', '-', '--dry-run'], { stdin: `${KEY} ana@home\n` });
    expect([planned.code, planned.stdout]).toEqual([0, expect.stringContaining('Nothing was changed')]);
    const added = await workplace.json(['keys', 'add', '-', '--yes'], { stdin: `${KEY} ana@home\n` });
    expect(added.document).toMatchObject({ schema: 'sindri.change/1', intent: 'key.admit', status: 'applied' });
    const { document } = await workplace.json(['keys', 'list']);
    expect(document).toMatchObject({
      schema: 'sindri.keys/1',
      keys: [{ fingerprint: expect.stringMatching(/^SHA256:/), comment: 'ana@home', where: ['now', 'next-start'] }],
    });
    const removed = await workplace.run(['keys', 'remove', 'ana@home', '--yes']);
    expect([removed.code, removed.stderr]).toEqual([0, expect.stringContaining('ana@home')]);
    expect((await workplace.run(['keys', 'list'])).stdout).toContain('sindri keys add');
  });

  it('what somebody else made is taken over only with --adopt, and the plan says so', async () => {
    workplace.config();
    expect((await workplace.run(['deploy', '--yes'])).code).toBe(0);
    workplace.config({ trouble: 'foreign' });
    const refused = await workplace.run(['deploy', '--yes']);
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('--adopt')]);
    const { stdout } = await workplace.run(['plan', '--adopt']);
    expect(stdout).toMatch(/1 to take over\n\n {2}= take over the sheet/);
    expect((await workplace.run(['deploy', '--adopt', '--yes'])).code).toBe(0);
    expect((await workplace.run(['plan'])).stdout).toContain('nothing to do');
    const { document } = await workplace.json(['plan', '--destroy', '--adopt']);
    expect(document).toMatchObject({ intent: 'destroy', parameters: { adopt: true } });
  });

  it('nothing from outside reaches the terminal raw', async () => {
    const nasty = '\u001b]0;owned\u0007\u001b[2J\u202e\u009b31m';
    const { stdout, stderr } = await workplace.run(['config', 'schema', nasty]);
    const unknown = await workplace.run([nasty]);
    const missing = await workplace.run(['plan', '-c', `no${nasty}.yaml`], { env: { FORCE_COLOR: '1' } });
    const json = await workplace.json(['plan', '-c', `no${nasty}.yaml`]);
    const all = [stdout, stderr, unknown.stdout, unknown.stderr, missing.stderr].join('');
    expect(all).not.toMatch(/\u001b[\]]|\u001b\[2J|[\u0007\u009b\u202e]/);
    expect(json.document).toMatchObject({ error: { code: 'CONFIG_NOT_FOUND' } });
  });
});
