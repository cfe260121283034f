import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { systemClock } from '@sindri/core';
import { connectSsh } from '../src/connection.js';
import { createIdentity } from '../src/identity.js';
import { openAddresses } from '../src/stream-opener.js';
import { startSshServer } from './fixtures/ssh-server.js';
import { useTemporaryDirectory } from './fixtures/temporary-directory.js';

const directory = useTemporaryDirectory();
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const item of open.splice(0).reverse()) await item.close();
});

async function connect() {
  const identity = await createIdentity({ stateDir: directory.path, environment: 'demo' });
  const server = await startSshServer({ authorized: [identity.publicKey], echoPorts: [8080] });
  open.push(server);
  const connection = await connectSsh({
    via: openAddresses([{ host: '127.0.0.1', port: server.port }]),
    user: 'developer',
    identities: [identity],
    hostKeys: [server.hostKey],
    signal: new AbortController().signal,
    clock: systemClock,
  });
  open.push(connection);
  return { server, connection };
}

test('carries bytes both ways, half-closes, and ends', async () => {
  const { connection } = await connect();
  const stream = await connection.forward(8080);
  const sent = Buffer.alloc(3_000_000, '0123456789');
  const closed = once(stream, 'close');
  stream.end(sent);
  expect((await buffer(stream)).equals(sent)).toBe(true);
  await closed;
});

test('a port on which nothing listens', async () => {
  const { connection } = await connect();
  await expect(connection.forward(9)).rejects.toMatchObject({
    code: 'PORT_NOT_LISTENING',
    kind: 'refused',
    message: 'Nothing listens on 127.0.0.1:9 in the environment.',
  });
});

test('a broken connection is an error on the stream', async () => {
  const { server, connection } = await connect();
  const stream = await connection.forward(8080);
  stream.resume();
  const failed = once(stream, 'error');
  server.cut();
  expect((await failed)[0]).toMatchObject({ code: 'SSH_CLOSED', kind: 'transport' });
});

test('destroying a stream closes its channel and nothing else', async () => {
  const { connection } = await connect();
  const stream = await connection.forward(8080);
  await once(stream.destroy(), 'close');
  const next = await connection.forward(8080);
  next.end('still here');
  expect((await buffer(next)).toString()).toBe('still here');
});
