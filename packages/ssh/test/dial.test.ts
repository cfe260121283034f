import { systemClock } from '@sindri/core';
import { dialFirst } from '../src/dial.js';
import { ManualClock } from './fixtures/manual-clock.js';
import { closedPort, startTcpServer, type TcpServer } from './fixtures/tcp-server.js';

const servers: TcpServer[] = [];
const serve = async (...args: Parameters<typeof startTcpServer>) => {
  const server = await startTcpServer(...args);
  servers.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const signal = new AbortController().signal;
const options = { signal, clock: systemClock, timeoutMs: 10_000 };

test('connects to the first address that answers, and says which', async () => {
  const server = await serve(() => undefined);
  const refused = { host: '127.0.0.1', port: await closedPort(), note: 'down' };
  const good = { host: 'localhost', port: server.port, note: 'up' };
  const { socket, address } = await dialFirst([refused, good], { ...options, lookup: async () => ['127.0.0.1'] });
  expect(address).toBe(good);
  socket.destroy();
  await server.drained();
});

test('lists each address and why when none answers', async () => {
  const port = await closedPort();
  const addresses = [
    { host: '127.0.0.1', port },
    { host: '[::ffff:127.0.0.1]', port },
    { host: 'nowhere.invalid', port: 22 },
  ];
  const lookup = async () => {
    throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
  };
  await expect(dialFirst(addresses, { ...options, lookup })).rejects.toMatchObject({
    code: 'SSH_UNREACHABLE',
    kind: 'transport',
    retryable: true,
    message:
      `No SSH connection could be made: 127.0.0.1:${port} refused the connection; ` +
      `[::ffff:127.0.0.1]:${port} refused the connection; nowhere.invalid:22 has no address in DNS.`,
    details: {
      addresses: [
        { host: '127.0.0.1', port, reason: 'refused' },
        { host: '[::ffff:127.0.0.1]', port, reason: 'refused' },
        { host: 'nowhere.invalid', port: 22, reason: 'name-not-found' },
      ],
    },
  });
  await expect(dialFirst([], options)).rejects.toMatchObject({ message: 'There is no address to connect to.' });
});

test('tries all addresses of a name, families alternating', async () => {
  const server = await serve(() => undefined);
  const { socket } = await dialFirst([{ host: 'app.test', port: server.port }], {
    ...options,
    // Nothing listens on the first two.
    lookup: async () => ['::ffff:127.77.1.1', '::ffff:127.77.1.2', '127.0.0.1'],
  });
  expect(socket.remoteAddress).toBe('127.0.0.1');
  socket.destroy();
});

test('a slow name does not hold up the next address, and the deadline covers name resolution', async () => {
  const clock = new ManualClock();
  const server = await serve(() => undefined);
  const never = () => new Promise<string[]>(() => undefined);
  const slow = { host: 'slow.test', port: 22 };
  const dialing = dialFirst([slow, { host: '127.0.0.1', port: server.port }], { ...options, clock, lookup: never });
  clock.advance(250);
  const { socket } = await dialing;
  socket.destroy();

  const hopeless = dialFirst([slow], { ...options, clock, lookup: never, timeoutMs: 5_000 });
  clock.advance(5_000);
  await expect(hopeless).rejects.toMatchObject({ message: expect.stringContaining('did not answer within 5 s') });
  expect(clock.waits).toEqual([]);
});

test('with `greeting`, an address that accepts but stays silent loses, and its socket is closed', async () => {
  const clock = new ManualClock();
  const silent = await serve(() => undefined);
  const talker = await serve((socket) => socket.write('SSH-2.0-test\r\n'));
  const dialing = dialFirst(
    [silent, talker].map(({ port }) => ({ host: '127.0.0.1', port })),
    { ...options, clock, greeting: true },
  );
  await silent.accepted(1);
  clock.advance(250);
  const { socket, address } = await dialing;
  expect(address.port).toBe(talker.port);
  await silent.drained();
  // The greeting is still there for whoever uses the socket.
  socket.resume();
  const [first] = (await new Promise<Buffer[]>((resolve) => socket.once('data', (chunk) => resolve([chunk])))) as [
    Buffer,
  ];
  expect(first.toString()).toBe('SSH-2.0-test\r\n');
  socket.destroy();
});

test('with `greeting`, tells who hung up and who said nothing', async () => {
  const clock = new ManualClock();
  const rude = await serve((socket) => socket.end());
  const silent = await serve(() => undefined);
  const dialing = dialFirst(
    [rude, silent].map(({ port }) => ({ host: '127.0.0.1', port })),
    { ...options, clock, greeting: true, timeoutMs: 3_000 },
  );
  await silent.accepted(1);
  await rude.accepted(1);
  // Whoever was hung up on has seen it by then.
  await rude.drained();
  clock.advance(3_000);
  await expect(dialing).rejects.toMatchObject({
    details: {
      addresses: [
        { reason: 'closed', message: 'closed the connection before it said anything' },
        { reason: 'timeout' },
      ],
    },
  });
  await silent.drained();
});

test('an abort rejects with its reason and leaves no socket', async () => {
  const controller = new AbortController();
  const silent = await serve(() => undefined);
  const dialing = dialFirst([{ host: '127.0.0.1', port: silent.port }], {
    ...options,
    signal: controller.signal,
    greeting: true,
  });
  await silent.accepted(1);
  const reason = new Error('enough');
  controller.abort(reason);
  await expect(dialing).rejects.toBe(reason);
  await silent.drained();
  await expect(dialFirst([], { ...options, signal: controller.signal })).rejects.toBe(reason);
});

test('an IPv4 address that is written as one of IPv6 is reached as what it is', async () => {
  const server = await serve(() => undefined);
  const { socket, address } = await dialFirst([{ host: '::ffff:7f00:1', port: server.port }], options);
  expect([socket.remoteAddress, address.host]).toEqual(['127.0.0.1', '::ffff:7f00:1']);
  socket.destroy();
  await server.drained();
});
