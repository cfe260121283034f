import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { execChannel, finished, run, seen, shellChannel } from '../ssh/ssh-client.js';
import { processState, startRuntime, type TestRuntime } from './machine-fixture.js';

let world: TestRuntime;
beforeEach(async () => {
  world = await startRuntime();
});
afterEach(() => world.end());

const linux = process.platform === 'linux' ? test : test.skip;
const window = (cols: number, rows: number) => ({ term: 'xterm-256color', cols, rows, width: 0, height: 0 });

async function shell(cols = 100, rows = 30) {
  const machine = await world.boot();
  const client = await machine.login();
  const channel = await shellChannel(client, window(cols, rows));
  await seen(channel, /developer@my-app:~\$ $/);
  return { machine, client, channel };
}

test('a login shell greets with its prompt, knows its terminal, and leaves with a code', async () => {
  const { client, channel } = await shell();
  const result = finished(channel);
  channel.write('stty size; echo $TERM; shopt -q login_shell && echo login; test -t 0 && echo tty; exit 6\n');
  const { stdout, code } = await result;
  expect(stdout).toMatch(/\r30 100\r\n/);
  expect(stdout).toContain('xterm-256color\r\nlogin\r\ntty\r\n');
  expect(code).toBe(6);
  client.end();
});

test('a resize reaches the program in the foreground', async () => {
  const { client, channel } = await shell();
  channel.write('bash --norc -c \'trap "stty size; exit" WINCH; echo wait"ing"; while :; do read -t 1 x; done\'\n');
  await seen(channel, /waiting/);
  const resized = seen(channel, /50 132/);
  channel.setWindow(50, 132, 0, 0);
  await resized;
  client.end();
});

test('Ctrl-C interrupts the foreground program, not the shell; Ctrl-D ends it', async () => {
  const { client, channel } = await shell();
  channel.write('sh -c \'echo star"ted"; exec sleep 600\'\n');
  await seen(channel, /started/);
  const prompted = seen(channel, /\^C[\s\S]*\$ $/);
  channel.write('\x03');
  await prompted;
  const result = finished(channel);
  channel.write('\x04');
  // The shell leaves with the code of the interrupted command.
  expect(await result).toMatchObject({ code: 130 });
  client.end();
});

test('the end of input is an end of file on the terminal', async () => {
  const machine = await world.boot();
  const client = await machine.login();
  const channel = await execChannel(client, 'cat; echo over', { pty: window(80, 24) });
  const result = finished(channel);
  channel.write('line\n');
  channel.end();
  expect(await result).toMatchObject({ stdout: expect.stringContaining('over'), code: 0 });
  client.end();
});

test('a fatal signal of a program on a terminal is reported as such', async () => {
  const machine = await world.boot();
  const client = await machine.login();
  const channel = await execChannel(client, 'kill -TERM $$', { pty: window(80, 24) });
  expect(await finished(channel)).toMatchObject({ code: null, signal: 'SIGTERM' });
  client.end();
});

test('megabytes through a terminal arrive whole, also to a slow reader', async () => {
  const machine = await world.boot();
  const client = await machine.login();
  const channel = await execChannel(client, 'stty -onlcr; seq 1 900000', { pty: window(80, 24) });
  channel.pause();
  await run(client, 'true');
  const result = finished(channel);
  channel.resume();
  const { stdout, code } = await result;
  expect(stdout === Array.from({ length: 900000 }, (_, i) => `${i + 1}\n`).join('')).toBe(true);
  expect(code).toBe(0);
  client.end();
});

test('output that comes right before the end is not lost', async () => {
  const machine = await world.boot();
  const client = await machine.login();
  for (let round = 0; round < 10; round += 1) {
    const channel = await execChannel(client, `echo last${round}`, { pty: window(80, 24) });
    expect((await finished(channel)).stdout).toBe(`last${round}\r\n`);
  }
  client.end();
});

linux('a lost connection hangs up the shell and what runs in it', async () => {
  const { machine, client, channel } = await shell();
  channel.write('sleep 600 & echo pid=$!; cat\n');
  const pid = Number(/pid=(\d+)/.exec(await seen(channel, /pid=\d+\r\n/))![1]);
  client.destroy();
  await once(client, 'close');
  // The hang-up takes its course: what is left of it shows in the process table.
  for (;;) {
    const commands = (await machine.instance.ps()).map((entry) => entry.command);
    if (commands.filter((command) => !command.startsWith('sshd:')).length === 1) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect([null, 'Z']).toContain(await processState(pid));
});

linux('a closed session leaves nothing on its terminal, not even what ignores the hang-up', async () => {
  const { machine, client, channel } = await shell();
  const reading = await execChannel(client, 'trap "" HUP; echo read"ing"; cat; cat', { pty: window(80, 24) });
  await seen(reading, /reading/);
  // Whatever was started while a terminal was open must not keep it open.
  await run(client, 'sleep 600 >/dev/null 2>&1 &');
  channel.close();
  reading.close();
  for (;;) {
    const commands = (await machine.instance.ps()).map((entry) => entry.command);
    if (!commands.some((command) => /\bcat\b|-l$/.test(command))) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.end();
});

linux('a suspended terminal session goes on where it was', async () => {
  const { machine, client, channel } = await shell();
  channel.write('echo pid=$$; cat\n');
  const pid = Number(/pid=(\d+)/.exec(await seen(channel, /pid=\d+\r\n/))![1]);
  await machine.instance.freeze();
  expect(await processState(pid)).toBe('T');
  const echoed = seen(channel, /still here\r\nstill here/);
  channel.write('still here\n');
  await machine.instance.thaw();
  await echoed;
  client.end();
});

test('the prompt and files of the user stay as the user left them', async () => {
  const { machine, client } = await shell();
  await run(client, 'echo "PS1=mine:" > ~/.bashrc');
  client.end();
  await machine.instance.stop({ signal: 'SIGINT', timeoutMs: 60_000 });
  await world.boot();
  expect(await readFile(path.join(world.volume('vol_1'), '.bashrc'), 'utf8')).toBe('PS1=mine:\n');
});
