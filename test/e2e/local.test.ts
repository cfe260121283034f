import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { createWorkplace, quickstart, type Workplace } from './sindri';
import { openTerminal } from './terminal';

/** The local emulator as people meet it: a background process with real shells. */
describe('--local', () => {
  let workplace: Workplace;

  beforeAll(async () => {
    workplace = createWorkplace();
    workplace.write('sindri.yaml', quickstart());
    const deployed = await workplace.run(['deploy', '--local', '--yes']);
    expect([deployed.code, deployed.code && deployed.stderr]).toEqual([0, 0]);
  }, 120_000);

  afterAll(async () => {
    await workplace.run(['emulator', 'stop']);
    workplace.remove();
  }, 60_000);

  it('gives a real shell in a terminal, with resize and the exit code of the shell', async () => {
    const terminal = openTerminal(workplace, ['connect', '--local']);
    await terminal.expect(/developer@\S+.*[$#] /);
    terminal.type('echo $((6*7))-answer\r');
    await terminal.expect(/42-answer/);
    terminal.type('stty size\r');
    await terminal.expect(/30 100/);
    // The shell sees the new size when it sees it: it waits, not the test.
    terminal.type('until [ "$(stty size)" = "40 120" ]; do sleep 0.05; done; echo re""sized\r');
    terminal.resize(120, 40);
    await terminal.expect(/resized/);
    // The program says itself that it runs: told by the shell, Ctrl-C could come before the program has the terminal, and nobody would take it.
    terminal.type('sh -c \'echo go""ing; exec sleep 1000\'\r');
    await terminal.expect(/going/);
    terminal.type('\x03');
    await terminal.expect(/\^C[^]*[$#] /);
    terminal.type('exit 7\r');
    expect(await terminal.exited).toBe(7);
  }, 60_000);

  it("nobody's fly.toml is written, changed or read: it belongs to another tool", async () => {
    const theirs = 'app = "theirs"\n';
    workplace.write('fly.toml', theirs);
    for (const args of [['plan'], ['deploy', '--yes'], ['config', 'render'], ['status']]) {
      const { code, stderr } = await workplace.run([...args, '--local']);
      expect([args, code, code && stderr]).toEqual([args, 0, 0]);
    }
    expect(readFileSync(path.join(workplace.dir, 'fly.toml'), 'utf8')).toBe(theirs);
    expect(readdirSync(workplace.dir).sort()).toEqual(['fly.toml', 'sindri.yaml']);
  }, 60_000);

  it('exec: output apart, stdin piped, exit code and signal', async () => {
    const apart = await workplace.run(['exec', '--local', '--', 'echo out; echo err >&2; exit 3']);
    expect(apart).toMatchObject({ code: 3, stdout: 'out\n' });
    expect(apart.stderr).toContain('err');
    const piped = await workplace.run(['exec', '--local', '--', 'wc', '-c'], { stdin: 'x'.repeat(300_000) });
    expect([piped.code, piped.stdout.trim()]).toEqual([0, '300000']);
    const killed = await workplace.run(['exec', '--local', '--', 'kill -TERM $$']);
    expect(killed.code).toBe(143);
    const shell = await workplace.run(['connect', '--local'], { stdin: 'echo from-a-pipe\nexit 4\n' });
    expect([shell.code, shell.stdout]).toEqual([4, expect.stringContaining('from-a-pipe')]);
  }, 60_000);

  it('keeps the home directory over stop and start, and memory over suspend; connect wakes', async () => {
    await workplace.run(['exec', '--local', '--', 'echo kept > ~/note']);
    expect((await workplace.run(['stop', '--local'])).code).toBe(0);
    expect((await workplace.json(['status', '--local'])).document.state).toBe('stopped');
    const woken = await workplace.run(['exec', '--local', '--', 'cat ~/note']);
    expect([woken.code, woken.stdout]).toEqual([0, 'kept\n']);

    const pid = (
      await workplace.run(['exec', '--local', '--', '(sleep 1000 >/dev/null 2>&1 & echo $!)'])
    ).stdout.trim();
    expect((await workplace.run(['stop', '--suspend', '--local'])).code).toBe(0);
    expect((await workplace.json(['status', '--local'])).document.state).toBe('suspended');
    if (process.platform === 'linux') expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) T /);
    expect((await workplace.run(['start', '--local'])).code).toBe(0);
    const alive = await workplace.run(['exec', '--local', '--', `kill -0 ${pid} && echo alive`]);
    expect(alive.stdout).toBe('alive\n');
  }, 120_000);

  it('goes through the private network, and frees its place there when it ends', async () => {
    const ended = await workplace.run(['connect', '--local', '--method', 'hallpass', '--', 'exit 5']);
    expect([ended.code, ended.code === 5 ? '' : ended.stderr]).toEqual([5, '']);
    const files = readdirSync(path.dirname(workplace.dir), { recursive: true, encoding: 'utf8' });
    const peers = files.filter((file) => file.includes('wireguard') && file.includes('.json'));
    expect(peers.map((file) => path.basename(file))).toEqual(['1.json']);
  }, 60_000);

  it('hangs up on the other side of the private network, too, when a session is ended from here', async () => {
    const terminal = openTerminal(workplace, ['connect', '--local', '--method', 'proxy']);
    await terminal.expect(/developer@\S+.*[$#] /);
    terminal.type(`sh -c 'trap "echo so it is > ~/hung-up; exit" HUP; echo go""ing; sleep 1000 & wait'\r`);
    await terminal.expect(/going/);
    terminal.type('\r~.');
    expect(await terminal.exited).toBe(255);
    const told = await workplace.run([
      ...['exec', '--local', '--', 'timeout', '20', 'sh', '-c'],
      'until cat ~/hung-up 2>/dev/null; do sleep 0.05; done',
    ]);
    expect([told.code, told.stdout]).toEqual([0, 'so it is\n']);
  }, 120_000);

  it('survives a restart of the local emulator', async () => {
    await workplace.run(['exec', '--local', '--', 'echo survivor > ~/note']);
    expect((await workplace.run(['emulator', 'stop'])).code).toBe(0);
    const plan = await workplace.json(['plan', '--local']);
    expect([plan.ended.code, plan.document.changes]).toEqual([0, []]);
    const read = await workplace.run(['exec', '--local', '--', 'cat ~/note']);
    expect([read.code, read.stdout]).toEqual([0, 'survivor\n']);
  }, 120_000);

  it('never meets another token: a real one in the environment is not sent to the local emulator', async () => {
    const status = await workplace.run(['status', '--local', '--debug'], {
      env: { FLY_ACCESS_TOKEN: 'fo1_arealtoken' },
    });
    expect(status.code).toBe(0);
    const state = path.join(workplace.env.SINDRI_STATE_DIR as string, 'emulator');
    expect(readFileSync(path.join(state, 'daemon.log'), 'utf8')).not.toContain('arealtoken');
  }, 60_000);

  it('prints logs, and follows until interrupted', async () => {
    const logs = await workplace.run(['logs', '--local']);
    expect(logs.code).toBe(0);
    expect(logs.stdout.length).toBeGreaterThan(0);
    const { child, ended } = workplace.start(['logs', '--follow', '--local']);
    child.stdout?.once('data', () => child.kill('SIGINT'));
    expect((await ended).code).toBe(130);
  }, 60_000);
});
