import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { freePort } from '../../../../../test/free-port.js';
import { testIfInstalled } from '../../../../../test/system-component.js';
import { joinStreams } from '../../../src/streams/join-streams.js';
import { execChannel, finished, run, seen } from '../ssh/ssh-client.js';
import { startRuntime, userKey, type TestMachine, type TestRuntime } from './machine-fixture.js';

let world: TestRuntime;
let machine: TestMachine;
let client: Client;
const servers = new Set<net.Server>();
beforeEach(async () => {
  world = await startRuntime();
  machine = await world.boot();
  client = await machine.login();
});
afterEach(async () => {
  client.end();
  for (const server of servers) server.close();
  servers.clear();
  await world.end();
});

/** Answers each connection with what it said, in capitals, once it has ended. */
function shout(stream: Duplex): void {
  let text = '';
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  stream.on('end', () => stream.end(text.toUpperCase()));
}

async function shouter(place: number | string): Promise<net.Server> {
  const server = net.createServer({ allowHalfOpen: true }, shout);
  servers.add(server);
  if (typeof place === 'number') server.listen(place, '127.0.0.1');
  else server.listen(place);
  await once(server, 'listening');
  return server;
}

/** A command of the machine that says `words` to a port or a socket and prints the answer. */
function talkTo(where: number | string, words = 'hello'): string {
  const target = typeof where === 'number' ? `{ host: "127.0.0.1", port: ${where} }` : `{ path: ${where} }`;
  const script = `const s = require("net").connect(${target}); s.on("error", () => process.exit(7)); s.end("${words}"); s.pipe(process.stdout)`;
  return `'${process.execPath}' -e '${script}'`;
}

const forwardPort = (port: number): Promise<number> =>
  new Promise((resolve, reject) =>
    client.forwardIn('localhost', port, (error, bound) => (error ? reject(error) : resolve(bound ?? port))),
  );
const unforwardPort = (port: number): Promise<void> =>
  new Promise((resolve, reject) =>
    client.unforwardIn('localhost', port, (error) => (error ? reject(error) : resolve())),
  );
const forwardSocket = (place: string): Promise<void> =>
  new Promise((resolve, reject) =>
    client.openssh_forwardInStreamLocal(place, (error) => (error ? reject(error) : resolve())),
  );
const dialSocket = (place: string): Promise<Duplex> =>
  new Promise((resolve, reject) =>
    client.openssh_forwardOutStreamLocal(place, (error, channel) => (error ? reject(error) : resolve(channel))),
  );

test('a remote port leads to the client until it is given back', async () => {
  client.on('tcp connection', (_info, accept) => shout(accept()));
  const port = await forwardPort(0);
  expect(await run(client, talkTo(port))).toMatchObject({ code: 0, stdout: 'HELLO' });
  await expect(forwardPort(port)).rejects.toThrow();
  await unforwardPort(port);
  expect(await run(client, talkTo(port))).toMatchObject({ code: 7 });
  await expect(unforwardPort(port)).rejects.toThrow();
});

test('a privileged port is refused, whoever runs the emulator', async () => {
  await expect(forwardPort(80)).rejects.toThrow();
});

test('a remote port ends with its connection', async () => {
  const port = await forwardPort(0);
  const another = await machine.login();
  client.end();
  await once(client, 'close');
  client = another;
  for (;;) {
    const { code } = await run(client, talkTo(port));
    if (code === 7) break;
  }
});

test('a remote socket leads to the client', async () => {
  client.on('unix connection', (_info, accept) => shout(accept()));
  const place = path.join(world.volume('vol_1'), 'r.sock');
  await forwardSocket(place);
  expect(await run(client, talkTo(JSON.stringify(place)))).toMatchObject({ code: 0, stdout: 'HELLO' });
  await expect(forwardSocket(place)).rejects.toThrow();
});

test('a socket of the machine is reached, and there is no other', async () => {
  const place = path.join(world.volume('vol_1'), 'l.sock');
  await shouter(place);
  // Named as the machine knows it.
  const stream = await dialSocket('/alt/home/developer/l.sock');
  stream.end('through');
  expect(String(await once(stream, 'data'))).toBe('THROUGH');
  await expect(dialSocket('/alt/home/developer/none.sock')).rejects.toThrow();
});

test("the client's agent is lent to the session that asks for it, and to no other", async () => {
  const agent = path.join(world.directory, 'agent.sock');
  await shouter(agent);
  const lender = await machine.login({ agent, authHandler: ['publickey'] });
  const channel = await execChannel(lender, `echo at=$SSH_AUTH_SOCK; ${talkTo('process.env.SSH_AUTH_SOCK')}; cat`, {
    agentForward: true,
  });
  const text = await seen(channel, /HELLO/);
  const place = /at=(\S+)/.exec(text)?.[1] ?? '';
  expect(existsSync(place)).toBe(true);
  channel.end();
  await finished(channel);
  expect((await run(client, 'echo "at=$SSH_AUTH_SOCK"')).stdout).toBe('at=\n');
  lender.end();
  await once(lender, 'close');
  while (existsSync(path.dirname(place))) await new Promise((resolve) => setImmediate(resolve));
});

test('no MAC with SHA-1 is offered', async () => {
  const stream = await machine.instance.connect(2222);
  stream.write('SSH-2.0-test\r\n');
  let offered = '';
  for await (const chunk of stream) {
    offered += (chunk as Buffer).toString('latin1');
    if (offered.includes('hmac-')) break;
  }
  expect(offered).toContain('hmac-sha2-256-etm@openssh.com');
  expect(offered).not.toMatch(/hmac-(sha1|md5)/);
});

describe("OpenSSH's client", () => {
  let door: net.Server;
  let options: string[];
  const children = new Set<ChildProcess>();

  beforeEach(async () => {
    door = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      socket.on('error', () => undefined);
      void machine.instance.connect(2222).then((stream) => joinStreams(socket, stream));
    });
    servers.add(door);
    door.listen(0, '127.0.0.1');
    await once(door, 'listening');
    const { port } = door.address() as net.AddressInfo;
    const key = path.join(world.directory, 'id');
    await writeFile(key, userKey.private, { mode: 0o600 });
    await chmod(key, 0o600);
    const hostKey = path.join(world.volume('vol_1'), '.ssh/host_keys/ssh_host_ed25519_key.pub');
    const known = path.join(world.directory, 'known_hosts');
    await writeFile(known, `[127.0.0.1]:${port} ${await readFile(hostKey, 'utf8')}`);
    options = ['-F', 'none', '-p', String(port), '-i', key];
    for (const option of [`UserKnownHostsFile=${known}`, 'BatchMode=yes', 'LogLevel=ERROR', 'ExitOnForwardFailure=yes'])
      options.push('-o', option);
  });
  afterEach(() => {
    for (const child of children) child.kill();
    children.clear();
  });

  function ssh(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<{ code: number | null; stdout: string }> {
    const child = spawn('ssh', [...options, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    children.add(child);
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout })));
  }

  const target = 'developer@127.0.0.1';

  testIfInstalled('ssh', '-R leads a port and a socket of the machine to this computer', async () => {
    const here = ((await shouter(0)).address() as net.AddressInfo).port;
    const free = await freePort();
    const byPort = await ssh(['-R', `${free}:127.0.0.1:${here}`, target, talkTo(free)]);
    expect(byPort).toEqual({ code: 0, stdout: 'HELLO' });
    const place = path.join(world.volume('vol_1'), 's.sock');
    const bySocket = await ssh(['-R', `${place}:127.0.0.1:${here}`, target, talkTo(JSON.stringify(place))]);
    expect(bySocket).toEqual({ code: 0, stdout: 'HELLO' });
  });

  testIfInstalled('ssh', '-L leads a socket of this computer to one of the machine', async () => {
    const inside = path.join(world.volume('vol_1'), 'i.sock');
    const near = path.join(world.directory, 'n.sock');
    await shouter(inside);
    const answer = ssh(['-L', `${near}:${inside}`, target, 'cat /dev/zero | head -c 1; sleep 60']);
    while (!existsSync(near)) await new Promise((resolve) => setImmediate(resolve));
    const stream = net.connect({ path: near, allowHalfOpen: true });
    stream.end('through');
    expect(String(await once(stream, 'data'))).toBe('THROUGH');
    for (const child of children) child.kill();
    await answer;
  });

  testIfInstalled(['ssh', 'ssh-agent', 'ssh-add'], '-A lends the keys of the agent', async () => {
    const place = path.join(world.directory, 'a.sock');
    const agent = spawn('ssh-agent', ['-D', '-a', place], { stdio: 'ignore' });
    children.add(agent);
    while (!existsSync(place)) await new Promise((resolve) => setImmediate(resolve));
    const env = { ...process.env, SSH_AUTH_SOCK: place };
    const added = spawn('ssh-add', ['-q', path.join(world.directory, 'id')], { env, stdio: 'ignore' });
    expect(await once(added, 'close')).toEqual([0, null]);
    const { stdout } = await ssh(['-A', target, 'ssh-add -L'], env);
    expect(stdout).toContain(userKey.public.split(' ')[1]);
  });
});
