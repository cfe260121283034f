import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer, type Server } from 'node:net';
import { createServer } from 'node:tls';
import { systemClock } from '@sindri/core';
import { createCertificateAuthority } from '../../fly-emulator/src/tls/certificate-authority.js';
import { awaitGreeting, openAddresses, openRace, openThrough } from '../src/index.js';

const NAME = 'app.fly.dev';
const YEARS_MS = 400 * 24 * 3_600_000;
const ours = createCertificateAuthority('ours');

/** What becomes of an opening inside TLS, by a client that trusts `ours`. */
async function opened(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const via = openAddresses([{ host: '127.0.0.1', port }], {
    tls: { serverName: NAME, authorities: ours.certificate },
  });
  try {
    const { stream } = await via.open({ signal: new AbortController().signal, clock: systemClock, timeoutMs: 60_000 });
    stream.destroy();
    return 'open';
  } catch (error) {
    return (error as Error).message.replace(/^.*?:\d+ /, '');
  } finally {
    server.close();
  }
}

describe('inside TLS', () => {
  const later = createCertificateAuthority('ours', () => Date.now() + YEARS_MS);
  const earlier = createCertificateAuthority('ours', () => Date.now() - 2 * YEARS_MS);

  it.each([
    ['the right certificate', createServer(ours.serverCertificate([NAME])), /^open$/],
    ['one of another authority', createServer(createCertificateAuthority('x').serverCertificate([NAME])), /not trust/],
    [
      'one that has expired',
      createServer(earlier.serverCertificate([NAME])),
      /has expired, or the clock of this computer/,
    ],
    ['one of tomorrow', createServer(later.serverCertificate([NAME])), /not valid yet, or the clock of this computer/],
    ['one for somebody else', createServer(ours.serverCertificate(['x.fly.dev'])), /is not for app\.fly\.dev/],
    ['no TLS at all', createTcpServer((socket) => socket.end('SSH-2.0-x\r\n')), /does not speak TLS/],
    ['an end in the middle', createTcpServer((socket) => void socket.once('data', () => socket.end())), /closed|reset/],
  ])('%s', async (_name, server, expected) => {
    expect(await opened(server)).toMatch(expected);
  });
});

describe('several ways at a time', () => {
  const failing = (name: string) => openThrough(name, () => Promise.reject(new Error('blocked')));
  const open = { signal: new AbortController().signal, clock: systemClock, timeoutMs: 60_000 };

  it('takes the first that opens, and starts the costly one only when it must', async () => {
    const server = createTcpServer((socket) => void socket.on('error', () => undefined));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const good = openAddresses([{ host: '127.0.0.1', port }]);
    const won: string[] = [];
    const contender = (name: string, opener: typeof good, afterMs: number) => ({
      opener,
      afterMs,
      onWin: () => won.push(name),
    });
    const fine = openRace([contender('near', good, 0), contender('far', failing('far'), 60_000)], { where: 'x' });
    (await fine.open(open)).stream.destroy();
    const late = openRace([contender('near', failing('near'), 0), contender('far', good, 60_000)], { where: 'x' });
    (await late.open(open)).stream.destroy();
    expect(won).toEqual(['near', 'far']);
    server.close();
  });

  it('a stream whose greeting somebody has waited for can be waited for again', async () => {
    const server = createTcpServer((socket) => void socket.on('error', () => undefined).write('SSH-2.0-x\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const near = openAddresses([{ host: '127.0.0.1', port: (server.address() as AddressInfo).port }]);
    const proven = openThrough('x', async () => (await near.open({ ...open, prove: awaitGreeting })).stream);
    const { stream } = await proven.open({ ...open, prove: awaitGreeting });
    stream.destroy();
    server.close();
  });

  it('tells of each why not, and of what could not be tried', async () => {
    const impossible = [{ where: 'tls', address: null, reason: 'unreachable' as const, message: 'cannot be used' }];
    const contenders = ['a', 'b'].map((name) => ({ opener: failing(name), afterMs: 0 }));
    await expect(openRace(contenders, { where: 'x', impossible }).open(open)).rejects.toMatchObject({
      code: 'SSH_UNREACHABLE',
      message: 'No SSH connection could be made: a failed: blocked; b failed: blocked; tls cannot be used.',
    });
  });
});
