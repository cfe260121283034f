import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { freePort } from '../free-port';
import { createWorkplace, quickstart, type Workplace } from './sindri';

const run = promisify(execFile);

const host = 'edges.local.sindri';

/** Resolves when somebody has made this file. */
async function untilThere(file: string): Promise<void> {
  const watcher = watch(path.dirname(file));
  while (!existsSync(file)) await once(watcher, 'change');
  watcher.close();
}

/** OpenSSH, scp, rsync, git, editors and browsers: what people use beside a shell. */
describe('programs that know nothing of Sindri', () => {
  let workplace: Workplace;
  const userConfig = () => path.join(workplace.env.HOME as string, '.ssh', 'config');
  /** OpenSSH finds the home of the user in the system's list, not in `HOME`. */
  const withConfig = (program: 'ssh' | 'scp', args: string[]) =>
    run(program, ['-F', userConfig(), '-o', 'BatchMode=yes', ...args], { cwd: workplace.dir, env: workplace.env });

  beforeAll(async () => {
    workplace = createWorkplace();
    workplace.write('sindri.yaml', quickstart('edges'));
    const deployed = await workplace.run(['deploy', '--local', '--yes']);
    expect([deployed.code, deployed.code && deployed.stderr]).toEqual([0, 0]);
  }, 120_000);

  afterAll(async () => {
    await workplace.run(['emulator', 'stop']);
    workplace.remove();
  }, 60_000);

  it('ssh-config asks before it touches the file of the user, and touches nothing else', async () => {
    mkdirSync(path.dirname(userConfig()), { mode: 0o700 });
    writeFileSync(userConfig(), 'Host other\n  User somebody\n', { mode: 0o644 });
    const editor = await workplace.json(['code', '--local', '--print-url']);
    expect([editor.ended.code, editor.document]).toMatchObject([
      2,
      { error: { hint: expect.stringMatching(/^Give --yes to this command, or run once: sindri ssh-config --yes/) } },
    ]);
    const refused = await workplace.json(['ssh-config', '--local']);
    expect([refused.ended.code, refused.document.error]).toMatchObject([2, { code: 'CONFIRMATION_REQUIRED' }]);
    expect(readFileSync(userConfig(), 'utf8')).toBe('Host other\n  User somebody\n');

    const first = await workplace.json(['ssh-config', '--local', '--yes']);
    expect([first.ended.code, first.document]).toMatchObject([
      0,
      { status: 'installed', host, include: { state: 'added' } },
    ]);
    const written = readFileSync(userConfig(), 'utf8');
    expect(written).toBe(`${first.document.include.line}\n\nHost other\n  User somebody\n`);
    const again = await workplace.json(['ssh-config', '--local']);
    expect([again.ended.code, again.document.include.state]).toEqual([0, 'present']);
    expect(readFileSync(userConfig(), 'utf8')).toBe(written);
  }, 120_000);

  it('ssh runs a command, passes its exit code, and wakes the machine', async () => {
    expect((await workplace.run(['stop', '--local'])).code).toBe(0);
    const { stdout } = await withConfig('ssh', [host, 'echo woken; exit 0']);
    expect(stdout).toBe('woken\n');
    await expect(withConfig('ssh', [host, 'exit 7'])).rejects.toMatchObject({ code: 7 });
  }, 120_000);

  it('connect -A lends the agent, and says that there is none before it connects', async () => {
    const socket = path.join(workplace.dir, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      const key = path.join(workplace.dir, 'agent-key');
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
      await untilThere(socket);
      const env = { SSH_AUTH_SOCK: socket };
      await run('ssh-add', ['-q', key], { env: { ...workplace.env, ...env } });
      const listed = await workplace.run(['connect', '-A', '--local', '--', 'ssh-add -L'], { env });
      expect([listed.code, listed.stdout]).toEqual([0, readFileSync(`${key}.pub`, 'utf8')]);
      const without = await workplace.run(['connect', '--local', '--', 'ssh-add -L'], { env });
      expect([without.code, without.stdout]).toEqual([2, '']);
      const printed = await workplace.run(['ssh-config', '--local', '--print', '--forward-agent']);
      expect(printed.stdout).toContain('  ForwardAgent yes\n');
    } finally {
      agent.kill();
    }
    const none = await workplace.json(['connect', '-A', '--local', '--', 'true'], { env: { SSH_AUTH_SOCK: socket } });
    expect(none.ended.code).toBe(2);
    expect(none.document.error).toMatchObject({
      code: 'SSH_AGENT_UNAVAILABLE',
      hint: expect.stringContaining('ssh-add'),
    });
  }, 120_000);

  it('scp, rsync and git carry files unchanged', async () => {
    const bytes = randomBytes(1_500_000);
    writeFileSync(path.join(workplace.dir, "it's a file.bin"), bytes);
    await withConfig('scp', ["it's a file.bin", `${host}:copy.bin`]);
    const { stdout } = await withConfig('ssh', [host, 'sha256sum copy.bin']);
    expect(stdout.split(' ')[0]).toBe(createHash('sha256').update(bytes).digest('hex'));

    const git = (...args: string[]) =>
      run('git', args, {
        cwd: workplace.dir,
        env: {
          ...workplace.env,
          GIT_SSH_COMMAND: `ssh -F '${userConfig()}' -o BatchMode=yes`,
          GIT_CONFIG_GLOBAL: '/dev/null',
        },
      });
    await withConfig('ssh', [host, 'git init -q --bare repo.git']);
    await git('init', '-q', '-b', 'main', 'project');
    await git(
      '-C',
      'project',
      '-c',
      'user.name=a',
      '-c',
      'user.email=a@b',
      'commit',
      '-q',
      '--allow-empty',
      '-m',
      'first',
    );
    await git('-C', 'project', 'push', '-q', `${host}:repo.git`, 'main');
    await git('clone', '-q', '-b', 'main', `${host}:repo.git`, 'clone');
    expect((await git('-C', 'clone', 'log', '--format=%s')).stdout).toBe('first\n');
  }, 180_000);

  it('cp copies trees both ways, goes on where it was cut, and refuses what is not there', async () => {
    const bytes = randomBytes(3_000_000);
    mkdirSync(path.join(workplace.dir, 'tree', 'a b'), { recursive: true });
    writeFileSync(path.join(workplace.dir, 'tree', 'a b', '-dash "quoted"'), bytes);
    const sent = await workplace.json(['cp', '-r', '--local', 'tree', ':']);
    expect([sent.ended.code, sent.document]).toMatchObject([
      0,
      { direction: 'to', files: 1, directories: 2, bytes: 3_000_000 },
    ]);
    const fetched = await workplace.json(['cp', '-r', '--local', ':tree', 'back']);
    expect(fetched.ended.code).toBe(0);
    expect(readFileSync(path.join(workplace.dir, 'back', 'a b', '-dash "quoted"')).equals(bytes)).toBe(true);
    expect(existsSync(path.join(workplace.dir, 'back', 'a b', '-dash "quoted".sindri-part'))).toBe(false);

    const missing = await workplace.json(['cp', '--local', ':nothing', '.']);
    expect([missing.ended.code, missing.document.error.message]).toEqual([
      2,
      'There is no nothing in the environment.',
    ]);
    const denied = await workplace.run(['cp', '--local', '--', '-none-', ':']);
    expect([denied.code, denied.stderr]).toEqual([2, expect.stringContaining('There is no -none- on this computer.')]);
  }, 180_000);

  it('forward carries a port, and says nothing of being ready when the port is taken', async () => {
    const busy = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => busy.once('listening', resolve));
    const taken = (busy.address() as AddressInfo).port;
    const refused = await workplace.run(['forward', '--local', `${taken}:9`]);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain(`Port ${taken} of this computer (127.0.0.1) is in use`);
    expect(refused.stderr).toContain(`Choose another one: ${taken + 1}:9`);
    await new Promise((resolve) => busy.close(resolve));

    const remote = await freePort();
    const server = `require("net").createServer((s) => s.end("hello from inside")).listen(${remote}, "127.0.0.1", () => require("fs").writeFileSync("ready", ""))`;
    const begun = await workplace.run([
      'exec',
      '--local',
      '--',
      `('${process.execPath}' -e '${server}' >/dev/null 2>&1 &); until [ -e ready ]; do sleep 0.05; done`,
    ]);
    expect([begun.code, begun.stderr]).toEqual([0, '']);
    const running = workplace.start(['forward', '--local', '--output', 'ndjson', `${taken}:${remote}`]);
    await new Promise<void>((resolve, reject) => {
      running.child.stdout?.on('data', (chunk: string) => chunk.includes('forward.ready') && resolve());
      running.ended.then(({ stderr }) => reject(new Error(stderr)), reject);
    });
    for (const address of ['127.0.0.1', 'localhost']) {
      expect(await text(connect(taken, address))).toBe('hello from inside');
    }
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
  }, 120_000);

  it('code prints an address for each editor', async () => {
    const vscode = await workplace.json(['code', '--local', '--print-url']);
    expect(vscode.document.url).toBe(`vscode://vscode-remote/ssh-remote+${host}/alt/home/developer/workspace`);
    const zed = await workplace.json(['code', '--local', '--print-url', '--editor', 'zed', '--folder', '/a b']);
    expect(zed.document.url).toBe(`zed://ssh/${host}/a%20b`);
    const closed = await workplace.json(['code', '--local'], { env: { BROWSER: '/nowhere/browser' } });
    expect([closed.ended.code, closed.document.error.code]).toEqual([3, 'EDITOR_NOT_OPENED']);
  }, 120_000);

  it('--remove takes everything away that was written', async () => {
    const removed = await workplace.json(['ssh-config', '--local', '--remove']);
    expect([removed.ended.code, removed.document.include.state]).toEqual([0, 'removed']);
    expect(readFileSync(userConfig(), 'utf8')).toBe('Host other\n  User somebody\n');
    expect(existsSync(path.join(path.dirname(userConfig()), 'sindri'))).toBe(false);
  }, 60_000);

  it('what --print prints works anywhere, also where nothing can be written', async () => {
    const home = path.join(workplace.dir, 'read-only home');
    mkdirSync(home);
    writeFileSync(path.join(home, '.ssh'), 'a file in the way');
    const env = { HOME: home };
    const refused = await workplace.json(['ssh-config', '--local', '--yes'], { env });
    expect([refused.ended.code, refused.document.error]).toMatchObject([3, { code: 'SSH_CONFIG_UNTOUCHED' }]);
    expect(refused.document.error.hint).toContain('ssh-config --print --local');
    const printed = path.join(workplace.dir, 'printed');
    const { code, stdout } = await workplace.run(['ssh-config', '--local', '--print'], { env });
    writeFileSync(printed, stdout);
    const answered = await run('ssh', ['-F', printed, '-o', 'BatchMode=yes', host, 'echo known'], {
      env: workplace.env,
    });
    expect([code, answered.stdout]).toEqual([0, 'known\n']);
    expect((await workplace.run(['ssh-config', '--local', '--remove'], { env })).code).toBe(0);
  }, 60_000);
});
