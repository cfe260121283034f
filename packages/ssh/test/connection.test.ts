import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { writeFileSync } from 'node:fs';
import { systemClock } from '@sindri/core';
import { connectSsh, type ConnectSshOptions, type SshConnection } from '../src/connection.js';
import { createIdentity, type SshIdentity } from '../src/identity.js';
import { generateKeyPair } from '../src/key-files.js';
import { fingerprint } from '../src/public-keys.js';
import { openAddresses, openThrough } from '../src/stream-opener.js';
import { ManualClock } from './fixtures/manual-clock.js';
import { startSshServer, type SshServer, type SshServerOptions } from './fixtures/ssh-server.js';
import { closedPort, startTcpServer } from './fixtures/tcp-server.js';
import { useTemporaryDirectory } from './fixtures/temporary-directory.js';

const directory = useTemporaryDirectory();
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const item of open.splice(0).reverse()) await item.close();
});

const identity = (environment = 'demo') => createIdentity({ stateDir: directory.path, environment });

async function serve(options: Partial<SshServerOptions> = {}): Promise<SshServer> {
  const server = await startSshServer({ authorized: [(await identity()).publicKey], ...options });
  open.push(server);
  return server;
}

async function connect(server: SshServer, options: Partial<ConnectSshOptions> = {}): Promise<SshConnection> {
  const connection = await connectSsh({
    via: openAddresses([{ host: '127.0.0.1', port: server.port }]),
    user: 'developer',
    identities: [await identity()],
    hostKeys: [server.hostKey],
    signal: new AbortController().signal,
    clock: systemClock,
    ...options,
  });
  open.push(connection);
  return connection;
}

test('dials, checks the host key, logs in, and tells the phases', async () => {
  const server = await serve();
  const phases: string[] = [];
  const connection = await connect(server, { onPhase: (phase) => phases.push(phase) });
  expect(phases).toEqual(['dial', 'handshake', 'authenticate']);
  expect(connection.address).toEqual({ host: '127.0.0.1', port: server.port });
  connection.close();
  await connection.closed;
  await expect(connection.session({})).rejects.toMatchObject({ code: 'SSH_CLOSED', kind: 'transport' });
  await expect(connection.forward(80)).rejects.toMatchObject({ code: 'SSH_CLOSED' });
});

test('passes over an address that accepts connections but is no SSH server', async () => {
  const rude = await startTcpServer((socket) => socket.end());
  open.push(rude);
  const server = await serve();
  const addresses = [rude.port, server.port].map((port) => ({ host: '127.0.0.1', port }));
  const connection = await connect(server, { via: openAddresses(addresses) });
  expect(connection.address).toEqual(addresses[1]);
});

test('runs over a given stream', async () => {
  const server = await serve();
  const socket = net.connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  const connection = await connect(server, { via: openThrough('the other end', async () => socket) });
  expect(connection.address).toBeNull();
  connection.close();
  await connection.closed;
  expect(socket.destroyed).toBe(true);
});

test('refuses a host key that is not pinned, before any key is offered', async () => {
  const server = await serve();
  const pinned = generateKeyPair('expected').publicKey;
  await expect(connect(server, { hostKeys: [pinned] })).rejects.toMatchObject({
    code: 'SSH_HOST_KEY_MISMATCH',
    kind: 'policy',
    details: { shown: fingerprint(server.hostKey), pinned: [fingerprint(pinned)] },
  });
  expect(server.seen.offers).toEqual([]);
  await expect(connect(server, { hostKeys: [] })).rejects.toMatchObject({ code: 'SSH_HOST_KEY_MISMATCH' });
});

test('a pinned key among several, with a comment, is good enough', async () => {
  const server = await serve();
  const others = [generateKeyPair('a').publicKey, `${server.hostKey} root@machine`];
  await connect(server, { hostKeys: others });
});

test('offers identities in their order until one is admitted', async () => {
  const [wrong, right] = [await identity('wrong'), await identity('right')];
  const server = await serve({ authorized: [right.publicKey] });
  await connect(server, { identities: [wrong, right] });
  expect(server.seen.offers).toEqual([wrong.publicKey, right.publicKey]);
});

test('says which keys were offered when none is admitted, never more than five', async () => {
  const identities: SshIdentity[] = [];
  for (let index = 0; index < 7; index += 1) identities.push(await identity(`key-${index}`));
  const server = await serve({ authorized: [] });
  const error = await connect(server, { identities }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'SSH_AUTH_FAILED', kind: 'auth', hint: expect.stringContaining('ssh-add') });
  expect(error).toMatchObject({
    details: { offered: identities.slice(0, 5).map(({ publicKey }) => ({ fingerprint: fingerprint(publicKey) })) },
  });
  expect(server.seen.offers).toHaveLength(5);
  const { path: file } = identities[0] as { path: string };
  expect((error as Error).message).toContain(`${fingerprint(identities[0]?.publicKey ?? '')} (${file})`);
});

test('a server that hangs up after three keys is a failed login, not a broken connection', async () => {
  const identities: SshIdentity[] = [];
  for (let index = 0; index < 4; index += 1) identities.push(await identity(`key-${index}`));
  const server = await serve({ authorized: [], maxAuthTries: 3 });
  await expect(connect(server, { identities })).rejects.toMatchObject({
    code: 'SSH_AUTH_FAILED',
    message: expect.stringContaining('1 more could not be offered'),
    details: { offered: [{}, {}, {}] },
  });
});

test('without any identity it says so before it dials', async () => {
  await expect(
    connect(await serve(), { identities: [], via: openAddresses([{ host: '127.0.0.1', port: await closedPort() }]) }),
  ).rejects.toMatchObject({ code: 'SSH_AUTH_FAILED', message: expect.stringContaining('There is no SSH key') });
});

test('an identity whose file has gone or is damaged is passed over', async () => {
  const server = await serve();
  const damaged = path.join(directory.path, 'damaged');
  writeFileSync(damaged, 'rubbish');
  const gone: SshIdentity = { kind: 'file', path: '/nonexistent/key', publicKey: generateKeyPair('x').publicKey };
  await connect(server, { identities: [gone, { ...gone, path: damaged }, await identity()] });
  await expect(connect(server, { identities: [gone, { ...gone, path: damaged }] })).rejects.toMatchObject({
    code: 'SSH_AUTH_FAILED',
    details: { offered: [] },
  });
});

test('an agent that is gone does not stop the next identity', async () => {
  const server = await serve();
  const agent: SshIdentity = {
    kind: 'agent',
    publicKey: generateKeyPair('x').publicKey,
    comment: '',
    agentSocket: path.join(directory.path, 'no-agent'),
  };
  await connect(server, { identities: [agent, await identity()] });
});

test.each([
  ['before its banner', (socket: net.Socket) => socket.end(), { code: 'SSH_UNREACHABLE' }],
  ['after its banner', (socket: net.Socket) => socket.end('SSH-2.0-x\r\n'), { code: 'SSH_CLOSED', kind: 'transport' }],
  [
    'because nothing is in common',
    (socket: net.Socket) => socket.write('HTTP/1.1 400 no\r\n\r\n'.padEnd(9_000, 'x')),
    { kind: 'transport' },
  ],
])('a server that ends %s', async (_name, behave, expected) => {
  const server = await startTcpServer(behave);
  open.push(server);
  const hostKey = generateKeyPair('x').publicKey;
  await expect(connect({ port: server.port, hostKey } as SshServer)).rejects.toMatchObject(expected);
  await server.drained();
});

test('the time limit covers a handshake that hangs, and leaves no socket', async () => {
  const server = await startTcpServer((socket) => socket.write('SSH-2.0-slow\r\n'));
  open.push(server);
  const clock = new ManualClock();
  const phases: string[] = [];
  const hostKey = generateKeyPair('x').publicKey;
  const connecting = connect({ port: server.port, hostKey } as SshServer, {
    clock,
    connectTimeoutMs: 9_000,
    onPhase: (phase) => {
      phases.push(phase);
      if (phase === 'handshake') setImmediate(() => clock.advance(9_000));
    },
  });
  await expect(connecting).rejects.toMatchObject({ code: 'OPERATION_TIMED_OUT', kind: 'incomplete' });
  await server.drained();
  expect(clock.waits).toEqual([]);
});

test.each(['dial', 'handshake', 'authenticate'] as const)(
  'an abort while it is at "%s" rejects with its reason',
  async (stage) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const server = await serve();
    const onPhase = (phase: string) => {
      if (phase === stage) controller.abort(reason);
    };
    await expect(connect(server, { signal: controller.signal, onPhase })).rejects.toBe(reason);
  },
);

test('an abort later ends the connection and everything in it', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const connection = await connect(await serve({ echoPorts: [80] }), { signal: controller.signal });
  const session = await connection.session({ command: 'wait' });
  const stream = await connection.forward(80);
  const failed = once(stream, 'error');
  controller.abort(reason);
  await expect(session.exited).rejects.toBe(reason);
  expect(await failed).toEqual([reason]);
  await connection.closed;
});

test('a server that stops answering keepalives is noticed', async () => {
  const server = await serve();
  // In between stands a relay that one day stops relaying without a word.
  let silent = false;
  const relay = await startTcpServer((socket) => {
    const upstream = net.connect(server.port, '127.0.0.1');
    upstream.on('error', () => undefined);
    socket.on('data', (chunk) => silent || upstream.write(chunk));
    upstream.on('data', (chunk) => silent || socket.write(chunk));
    socket.on('close', () => upstream.destroy());
  });
  open.push(relay);
  const connection = await connect(server, {
    via: openAddresses([{ host: '127.0.0.1', port: relay.port }]),
    keepaliveIntervalMs: 20,
  });
  const session = await connection.session({ command: 'wait' });
  silent = true;
  await expect(session.exited).rejects.toMatchObject({
    code: 'SSH_CLOSED',
    kind: 'transport',
    message: expect.stringContaining('stopped answering'),
  });
  await connection.closed;
});
