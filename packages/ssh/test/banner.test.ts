import { awaitSshBanner, type BannerAttempt } from '../src/banner.js';
import { openAddresses } from '../src/stream-opener.js';
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
const at = (port: number) => ({ host: '127.0.0.1', port });
const signal = new AbortController().signal;

test('returns the version line, also behind other lines and in pieces, and hangs up', async () => {
  const server = await serve((socket) => {
    socket.write('Welcome to the relay.\r\nSSH-2.');
    setImmediate(() => socket.write('0-OpenSSH_9.6 Debian\r\nmore'));
  });
  const result = await awaitSshBanner(openAddresses([at(server.port)]), {
    signal,
    clock: new ManualClock(),
    timeoutMs: 10_000,
  });
  expect(result).toEqual({ address: at(server.port), banner: 'SSH-2.0-OpenSSH_9.6 Debian' });
  await server.drained();
});

test('tries again with growing pauses until the server is up, and tells each failed try', async () => {
  const clock = new ManualClock();
  const attempts: BannerAttempt[] = [];
  const server = await serve((socket, index) => (index < 3 ? socket.end() : socket.write('SSH-2.0-up\r\n')));
  const waiting = awaitSshBanner(openAddresses([at(server.port)]), {
    signal,
    clock,
    timeoutMs: 60_000,
    onAttempt: (attempt) => attempts.push(attempt),
  });
  for (const pause of [250, 500, 1_000]) {
    await clock.sleeping(pause);
    clock.advance(pause);
  }
  await expect(waiting).resolves.toMatchObject({ banner: 'SSH-2.0-up' });
  expect(attempts.map(({ attempt, delayMs }) => [attempt, delayMs])).toEqual([
    [1, 250],
    [2, 500],
    [3, 1_000],
  ]);
  expect(attempts[0]?.failures).toMatchObject([
    { reason: 'closed', message: 'closed the connection before an SSH banner came' },
  ]);
});

test.each([
  ['refused', async () => closedPort(), 'refused the connection'],
  [
    'closed',
    async () => (await serve((socket) => socket.end())).port,
    'closed the connection before an SSH banner came',
  ],
  [
    'not-ssh',
    async () => (await serve((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))).port,
    'answered, but not as an SSH server',
  ],
])('gives up with the cause of the last try: %s', async (reason, port, message) => {
  const address = at(await port());
  const clock = new ManualClock();
  const waiting = awaitSshBanner(openAddresses([address]), { signal, clock, timeoutMs: 1_000 });
  const outcome = waiting.catch((error: unknown) => error);
  await clock.sleeping(250);
  clock.advance(250);
  await clock.sleeping(500);
  clock.advance(500);
  expect(await outcome).toMatchObject({
    code: 'SSH_UNREACHABLE',
    message: `No SSH server answered within 1 s (3 tries): 127.0.0.1:${address.port} ${message}.`,
    details: { addresses: [{ reason }] },
  });
});

test('a server that accepts and stays silent times out, without leaking the socket', async () => {
  const clock = new ManualClock();
  const server = await serve(() => undefined);
  const waiting = awaitSshBanner(openAddresses([at(server.port)]), { signal, clock, timeoutMs: 2_000 });
  await server.accepted(1);
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(2_000);
  await expect(waiting).rejects.toMatchObject({ details: { addresses: [{ reason: 'timeout' }] } });
  await server.drained();
  expect(clock.waits).toEqual([]);
});

test('an abort ends the wait between tries at once', async () => {
  const clock = new ManualClock();
  const controller = new AbortController();
  const waiting = awaitSshBanner(openAddresses([at(await closedPort())]), {
    signal: controller.signal,
    clock,
    timeoutMs: 60_000,
  });
  const outcome = waiting.catch((error: unknown) => error);
  await clock.sleeping(250);
  controller.abort(new Error('enough'));
  expect(await outcome).toEqual(new Error('enough'));
  expect(clock.waits).toEqual([]);
});
