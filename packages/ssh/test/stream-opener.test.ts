import net from 'node:net';
import { PassThrough } from 'node:stream';
import { portNotListening, SindriError, systemClock } from '@sindri/core';
import { openRace } from '../src/open-race.js';
import { openAddresses, openThrough, type StreamOpener } from '../src/stream-opener.js';
import { awaitSshBanner } from '../src/banner.js';
import { DialError } from '../src/dial.js';
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
const options = { signal: new AbortController().signal, clock: systemClock, timeoutMs: 10_000 };

/** An opener that never answers, and notes how long it was given. */
function hanging(given: number[]): StreamOpener {
  return openThrough('a hole', (signal) => {
    given.push(given.length);
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
}

test('over addresses: says where it leads, which one won, and what else to try when none does', async () => {
  const server = await serve(() => undefined);
  const opener = openAddresses([at(server.port), { host: '2001:db8::1', port: 22 }]);
  expect(opener.where).toBe(`127.0.0.1:${server.port}, [2001:db8::1]:22`);
  const { stream, address } = await opener.open(options);
  expect(address).toEqual(at(server.port));
  stream.destroy();
  await server.drained();

  const closed = openAddresses([at(await closedPort())], { hint: 'Rent an IPv4.' });
  await expect(closed.open(options)).rejects.toMatchObject({
    code: 'SSH_UNREACHABLE',
    hint: expect.stringMatching(/ Rent an IPv4\.$/),
    details: { addresses: [{ host: '127.0.0.1', reason: 'refused' }] },
  });
});

test('over a tunnel: what it rejects with is told, and a stream that proves nothing is closed', async () => {
  const broken = openThrough('the tunnel', async () => {
    throw Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
  });
  await expect(broken.open(options)).rejects.toMatchObject({
    code: 'SSH_UNREACHABLE',
    message: 'No SSH connection could be made: the tunnel refused the connection.',
    details: { addresses: [{ host: 'the tunnel', port: null, reason: 'refused' }] },
  });
  const stream = new PassThrough();
  const useless = openThrough('the tunnel', async () => stream).open({
    ...options,
    prove: async () => {
      throw new DialError('not-ssh', 'answered, but not as an SSH server');
    },
  });
  await expect(useless).rejects.toMatchObject({ details: { addresses: [{ reason: 'not-ssh' }] } });
  expect(stream.destroyed).toBe(true);
});

test('over a tunnel: a port on which nothing listens may have a server soon, so whoever waits for it goes on', async () => {
  const refusing = openThrough('the tunnel', () => Promise.reject(portNotListening(22)));
  await expect(refusing.open(options)).rejects.toMatchObject({
    code: 'SSH_UNREACHABLE',
    failures: [{ where: 'the tunnel', address: null, reason: 'refused', message: 'refused the connection' }],
  });
});

test('over a tunnel: an error that says itself what to do is told as it is, and beside others in one sentence', async () => {
  const silent = new SindriError({
    code: 'ACME_SILENT',
    kind: 'transport',
    message: 'Nobody answers.',
    hint: 'Call them.',
  });
  const broken = openThrough('the tunnel', () => Promise.reject(silent));
  await expect(broken.open(options)).rejects.toBe(silent);
  await expect(openRace([{ opener: broken, afterMs: 0 }], { where: 'there' }).open(options)).rejects.toMatchObject({
    code: 'SSH_UNREACHABLE',
    message: 'No SSH connection could be made: the tunnel failed: Nobody answers.',
  });
});

test('over a tunnel: the time limit and an abort end it', async () => {
  const clock = new ManualClock();
  const slow = hanging([]).open({ ...options, clock, timeoutMs: 5_000 });
  const outcome = slow.catch((error: unknown) => error);
  clock.advance(5_000);
  expect(await outcome).toMatchObject({ code: 'SSH_UNREACHABLE', details: { addresses: [{ reason: 'timeout' }] } });
  expect(clock.waits).toEqual([]);

  const controller = new AbortController();
  const reason = new Error('enough');
  const aborted = hanging([]).open({ ...options, signal: controller.signal });
  controller.abort(reason);
  await expect(aborted).rejects.toBe(reason);
});

test('a race: a way joins in when its time has come, and the one that opens is told', async () => {
  const clock = new ManualClock();
  const server = await serve(() => undefined);
  const winners: string[] = [];
  const contenders = [
    { opener: hanging([]), afterMs: 0, onWin: () => winners.push('the hole') },
    { opener: openAddresses([at(server.port)]), afterMs: 3_000, onWin: () => winners.push('the address') },
  ];
  const opening = openRace(contenders, { where: 'both' }).open({ ...options, clock, timeoutMs: 8_000 });
  await clock.sleeping(3_000);
  clock.advance(3_000);
  const { stream, address, where } = await opening;
  expect([address, where]).toEqual([at(server.port), `127.0.0.1:${server.port}`]);
  expect(winners).toEqual(['the address']);
  stream.destroy();
});

test('a race: with one opener left that failed, the next does not wait for its time', async () => {
  const server = await serve(() => undefined);
  const contenders = [
    { opener: openAddresses([at(await closedPort())]), afterMs: 0 },
    { opener: openAddresses([at(server.port)]), afterMs: 3_000 },
  ];
  // The clock stands still.
  const { stream } = await openRace(contenders, { where: 'both' }).open({ ...options, clock: new ManualClock() });
  stream.destroy();
});

test('a race: tells what happened to all when none opens, and what could not be tried', async () => {
  const closed = openAddresses([at(await closedPort())], { hint: 'Try that.' });
  const broken = openThrough(
    'the tunnel',
    async () => {
      throw new DialError('closed', 'hung up');
    },
    { hint: 'Try this.' },
  );
  const contenders = [closed, broken].map((opener, index) => ({ opener, afterMs: index * 3_000 }));
  const impossible = [{ where: 'UDP', address: null, reason: 'unreachable', message: 'is blocked' }] as const;
  await expect(openRace(contenders, { where: 'both', impossible }).open(options)).rejects.toMatchObject({
    hint: expect.stringMatching(/ Try that\. Try this\.$/),
    details: { addresses: [{ reason: 'refused' }, { reason: 'closed' }, { reason: 'unreachable' }] },
  });
  await expect(openRace([], { where: 'none', impossible }).open(options)).rejects.toMatchObject({
    details: { addresses: [{ reason: 'unreachable' }] },
  });
});

test('waiting for a server does not care what the stream runs over', async () => {
  const server = await serve((socket) => socket.write('SSH-2.0-inside\r\n'));
  const tunnel = openThrough('the tunnel', async () => net.connect(server.port, '127.0.0.1'));
  expect(await awaitSshBanner(tunnel, options)).toEqual({ address: null, banner: 'SSH-2.0-inside' });
  await server.drained();
});
