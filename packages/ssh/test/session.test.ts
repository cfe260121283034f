import { once } from 'node:events';
import net from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { systemClock } from '@sindri/core';
import { requireAgent } from '../src/agent.js';
import { connectSsh, type ConnectSshOptions, type SshConnection } from '../src/connection.js';
import { createIdentity } from '../src/identity.js';
import { openAddresses, openThrough } from '../src/stream-opener.js';
import { runScript, startSshServer, type SshServer, type SshServerOptions } from './fixtures/ssh-server.js';
import { useTemporaryDirectory } from './fixtures/temporary-directory.js';

const directory = useTemporaryDirectory();
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const item of open.splice(0).reverse()) await item.close();
});

async function connect(
  options: Partial<SshServerOptions> = {},
  ours: Partial<ConnectSshOptions> | ((port: number) => Partial<ConnectSshOptions>) = {},
): Promise<{ server: SshServer; connection: SshConnection }> {
  const identity = await createIdentity({ stateDir: directory.path, environment: 'demo' });
  const server = await startSshServer({ authorized: [identity.publicKey], ...options });
  open.push(server);
  const connection = await connectSsh({
    via: openAddresses([{ host: '127.0.0.1', port: server.port }]),
    user: 'developer',
    identities: [identity],
    hostKeys: [server.hostKey],
    signal: new AbortController().signal,
    clock: systemClock,
    ...(typeof ours === 'function' ? ours(server.port) : ours),
  });
  open.push(connection);
  return { server, connection };
}

test('a command: stdout and stderr apart, and its exit code', async () => {
  const { server, connection } = await connect();
  const session = await connection.session({ command: 'say hello', env: { SINDRI_A: '1' } });
  expect(await Promise.all([text(session.stdout), text(session.stderr), session.exited])).toEqual([
    'hello',
    'hello!',
    { code: 0, signal: null },
  ]);
  expect(server.seen).toMatchObject({ commands: ['say hello'], terminal: null, env: { SINDRI_A: '1' } });
  await expect((await connection.session({ command: 'exit 7' })).exited).resolves.toEqual({ code: 7, signal: null });
});

test('a process that a signal ended has a signal and no code', async () => {
  const { connection } = await connect();
  const session = await connection.session({ command: 'die KILL' });
  await expect(session.exited).resolves.toEqual({ code: null, signal: 'KILL' });
});

test('the shell, without and with a terminal', async () => {
  const { server, connection } = await connect();
  const plain = await connection.session({});
  plain.stdin.end('typed');
  expect(await text(plain.stdout)).toBe('typed');
  expect(server.seen).toMatchObject({ commands: [null], terminal: null });

  const terminal = await connection.session({ terminal: { type: 'xterm-kitty', columns: 101, rows: 37 } });
  expect(server.seen.terminal).toEqual({ type: 'xterm-kitty', columns: 101, rows: 37 });
  terminal.resize({ columns: 60, rows: 20 });
  terminal.stdin.end();
  terminal.resize({ columns: 61, rows: 21 });
  terminal.stdout.resume();
  await terminal.exited;
  // Also after the end of input, which ssh2 itself would not send.
  expect(server.seen.sizes).toEqual([
    { columns: 60, rows: 20 },
    { columns: 61, rows: 21 },
  ]);
  terminal.resize({ columns: 1, rows: 1 });
});

test('the size of a session without a terminal is nobody’s business', async () => {
  const { server, connection } = await connect();
  const session = await connection.session({ command: 'cat' });
  session.resize({ columns: 60, rows: 20 });
  session.stdin.end();
  await session.exited;
  expect(server.seen.sizes).toEqual([]);
});

test('input and its end arrive; a lot of it, both ways', async () => {
  const { connection } = await connect();
  const session = await connection.session({ command: 'cat' });
  const sent = Buffer.alloc(5_000_000, 'abcdefghij');
  session.stdin.end(sent);
  const [received, exit] = await Promise.all([buffer(session.stdout), session.exited]);
  expect(received.equals(sent)).toBe(true);
  expect(exit).toEqual({ code: 0, signal: null });
});

test('signals arrive by name, also after the end of input', async () => {
  const { server, connection } = await connect();
  const session = await connection.session({ command: 'trap TERM' });
  await once(session.stdout, 'data');
  session.stdin.end();
  session.signal('SIGUSR1');
  session.signal('TERM');
  await expect(session.exited).resolves.toEqual({ code: null, signal: 'TERM' });
  expect(server.seen.signals).toEqual(['USR1', 'TERM']);
  expect(() => session.signal('WINCH')).toThrow(expect.objectContaining({ code: 'USAGE' }));
  session.signal('TERM');
});

test('`exited` waits until all output was read, and the reader holds the sender back', async () => {
  const size = 8_000_000;
  const { connection } = await connect();
  const session = await connection.session({ command: `flood ${size}` });
  let settled = false;
  void session.exited.then(() => (settled = true));
  await once(session.stdout, 'readable');
  // Nobody reads: what is buffered stays far below what is sent.
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(session.stdout.readableLength).toBeLessThan(size / 4);
  expect(settled).toBe(false);

  let received = 0;
  session.stdout.on('data', (chunk: Buffer) => (received += chunk.length));
  await session.exited;
  expect(received).toBe(size);
});

test('output that came with the very first packet is delivered before `exited` settles', async () => {
  const { connection } = await connect();
  const session = await connection.session({ command: 'say early' });
  await Promise.resolve();
  const chunks: Buffer[] = [];
  session.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  session.stderr.resume();
  await session.exited;
  expect(Buffer.concat(chunks).toString()).toBe('early');
});

test('output that nobody reads is not waited for, and stays for a late reader', async () => {
  const { connection } = await connect();
  const session = await connection.session({ command: 'say hello' });
  await expect(session.exited).resolves.toEqual({ code: 0, signal: null });
  expect([await text(session.stdout), await text(session.stderr)]).toEqual(['hello', 'hello!']);
});

test('when the process ends, pending input is dropped without an error', async () => {
  let ended: (() => void) | null = null;
  const { connection } = await connect({
    // Never reads its input; ends when told.
    run: (channel) => {
      ended = () => {
        channel.exit(3);
        channel.close();
      };
    },
  });
  const session = await connection.session({ command: 'x' });
  session.stdin.write(Buffer.alloc(9_000_000));
  const closed = once(session.stdin, 'close');
  await new Promise((resolve) => setImmediate(resolve));
  (ended as (() => void) | null)?.();
  await expect(session.exited).resolves.toEqual({ code: 3, signal: null });
  await closed;
  session.stdin.write('late');
});

test('a broken connection rejects with what arrived before it', async () => {
  const { server, connection } = await connect();
  const session = await connection.session({ command: 'wait' });
  await once(session.stdout, 'data');
  server.cut();
  await expect(session.exited).rejects.toMatchObject({
    code: 'SSH_CLOSED',
    kind: 'transport',
    hint: expect.any(String),
  });
  await connection.closed;
});

test('how a tunnel broke is told in words', async () => {
  let tunnel: net.Socket | undefined;
  const { connection } = await connect({}, (port) => ({
    via: openThrough('the tunnel', async () => {
      tunnel = net.connect(port, '127.0.0.1');
      await once(tunnel, 'connect');
      return tunnel;
    }),
  }));
  const session = await connection.session({ command: 'wait' });
  await once(session.stdout, 'data');
  tunnel?.destroy(Object.assign(new Error('[fdaa::9]:22 reset the connection.'), { code: 'ECONNRESET' }));
  await expect(session.exited).rejects.toMatchObject({
    message: 'The connection to the tunnel broke: the other side reset the connection.',
  });
});

test('an orderly end stays orderly when the connection goes before the output was read', async () => {
  const { connection } = await connect();
  const session = await connection.session({ command: 'flood 300000' });
  await once(session.stdout, 'readable');
  for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  connection.close();
  await connection.closed;
  const [received, exit] = await Promise.all([buffer(session.stdout), session.exited]);
  expect(received.length).toBe(300_000);
  expect(exit).toEqual({ code: 0, signal: null });
});

test('a session that ends without telling how is a broken one', async () => {
  const { connection } = await connect();
  const session = await connection.session({ command: 'vanish' });
  await expect(session.exited).rejects.toMatchObject({
    code: 'SSH_CLOSED',
    message: expect.stringContaining('without an exit'),
  });
});

test('refused sessions and commands', async () => {
  const refusing = await connect({ refuseSessions: true });
  await expect(refusing.connection.session({})).rejects.toMatchObject({ code: 'SSH_CHANNEL_REFUSED', kind: 'refused' });
  const { connection } = await connect();
  await expect(connection.session({ command: 'refuse' })).rejects.toMatchObject({ code: 'SSH_CHANNEL_REFUSED' });
});

test('an agent is lent to the session that asks for it, where the server lets it be', async () => {
  const agent = '/nobody/asks/it';
  const { server, connection } = await connect({ lendAgent: true }, { forwardAgent: agent });
  await (
    await connection.session({ command: 'exit 0' })
  ).exited;
  expect(server.seen.agents).toBe(0);
  await (
    await connection.session({ command: 'exit 0', forwardAgent: agent })
  ).exited;
  expect(server.seen.agents).toBe(1);

  const refusing = await connect({}, { forwardAgent: agent });
  await expect(refusing.connection.session({ command: 'exit 0', forwardAgent: agent })).rejects.toMatchObject({
    code: 'SSH_CHANNEL_REFUSED',
    message: expect.stringMatching(/^The server at .* does not let an SSH agent be forwarded\.$/),
  });
});

test.each([
  ['none', undefined, 'SSH_AUTH_SOCK is not set'],
  ['one that has gone', '/nowhere/agent', 'nothing answers behind SSH_AUTH_SOCK'],
])('an agent is needed before anything is connected: %s', async (_title, socket, why) => {
  const context = { signal: new AbortController().signal, clock: systemClock };
  await expect(requireAgent(socket, context)).rejects.toMatchObject({
    code: 'SSH_AGENT_UNAVAILABLE',
    kind: 'usage',
    message: `There is no SSH agent to forward: ${why}.`,
  });
});

test('close ends the session at once and leaves the connection usable', async () => {
  const { connection } = await connect();
  const session = await connection.session({ command: 'wait' });
  session.close();
  session.close();
  await expect(session.exited).rejects.toMatchObject({ code: 'SSH_CLOSED', message: 'The session was closed.' });
  expect(session.stdout.destroyed).toBe(true);
  const next = await connection.session({ command: 'exit 4' });
  await expect(next.exited).resolves.toEqual({ code: 4, signal: null });
});

test('many sessions share a connection', async () => {
  const { connection } = await connect();
  const exits = Array.from({ length: 20 }, async (_, index) => {
    const session = await connection.session({ command: `exit ${index}` });
    return (await session.exited).code;
  });
  expect(await Promise.all(exits)).toEqual(Array.from({ length: 20 }, (_, index) => index));
});

test('a terminal type that no protocol can carry is replaced', async () => {
  const { server, connection } = await connect({ run: runScript });
  const session = await connection.session({ command: 'exit 0', terminal: { type: 'xtërm\n', columns: 80, rows: 24 } });
  await session.exited;
  expect(server.seen.terminal?.type).toBe('xterm-256color');
});
