import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from '../../../../test/free-port.js';
import { findProgram } from '../../../../test/system-component.js';
import { Device } from '../../src/device/device.js';
import { Network } from '../../src/network/network.js';
import { generateKeyPair } from '../../src/noise/keys.js';
import type { ReceiveDatagram } from '../../src/transport/endpoint.js';
import { listenUdp, type UdpListener } from '../../src/transport/udp.js';
import { digest, receive, testData } from '../support/transfer.js';

/** boringtun and smoltcp in one program, without root. It is in no Debian package (`cargo install onetun`), so it may be missing. */
const onetun = findProgram('onetun');
const THEIRS = 'fdaa:0:1::2';

/** A gateway of ours, and onetun as its peer. `forwards` are its own arguments. */
async function withOnetun(
  forwards: (port: number) => string[],
  use: (network: Network, localPort: number) => Promise<void>,
  /** Its UDP port, when we begin. */
  theirPort?: number,
): Promise<void> {
  const ours = generateKeyPair();
  const theirs = generateKeyPair();
  const network: Network = new Network({
    address: 'fdaa:0:2::3',
    everyAddress: true,
    mtu: 1_420,
    send: (packet, length) => device.send(packet, length),
  });
  const device = new Device({ privateKey: ours.privateKey, onPacket: (packet) => network.input(packet) });
  let child: ChildProcess | undefined;
  let listener: UdpListener | undefined;
  try {
    const take: ReceiveDatagram = (datagram, from) => device.receive(datagram, from);
    listener = await listenUdp({}, take);
    const peer = device.addPeer({
      publicKey: theirs.publicKey,
      allowedIps: ['fdaa:0:1::/48'],
      endpoints: theirPort === undefined ? [] : [listener.endpoint('127.0.0.1', theirPort)],
      handshakeRetryMs: 500,
    });
    const localPort = await freePort();
    child = spawn(
      onetun as string,
      [
        ...forwards(localPort),
        ...['--endpoint-addr', `127.0.0.1:${listener.port}`],
        ...['--endpoint-public-key', ours.publicKey],
        ...['--source-peer-ip', THEIRS],
        ...(theirPort === undefined ? ['--keep-alive', '1'] : []),
        ...['--log', 'error'],
      ],
      { env: { ...process.env, ONETUN_PRIVATE_KEY: theirs.privateKey }, stdio: 'ignore' },
    );
    if (theirPort !== undefined) peer.connect();
    while (!peer.hasSession) await new Promise((resolve) => setTimeout(resolve, 50));
    await use(network, localPort);
  } finally {
    child?.kill('SIGKILL');
    network.close();
    device.close();
    await listener?.close();
  }
}

const testWithOnetun = onetun === null ? test.skip : test;
const missing = onetun === null ? ' (needs onetun, which is not installed)' : '';

describe('onetun (boringtun and smoltcp)', () => {
  testWithOnetun(`connects to us, and gets and sends data whole${missing}`, () =>
    withOnetun(
      (port) => [`127.0.0.1:${port}:[fdaa:0:2:a7b::9]:7`],
      async (network, localPort) => {
        // It holds back small uploads and drops what is left when its client goes: so the sizes are modest, and we close first.
        const down = testData(1_000_000);
        network.listen({ port: 7 }, (incoming) => {
          const stream = incoming.accept();
          stream.on('error', () => undefined);
          let count = 0;
          stream.on('data', (data: Buffer) => {
            count += data.length;
            if (count === 100_000) stream.end(down);
          });
        });
        const socket = connect(localPort, '127.0.0.1');
        const received = receive(socket);
        socket.write(testData(100_000, 3));
        await once(socket, 'end');
        expect(received.digest).toBe(digest(down));
        socket.destroy();
      },
    ),
  );

  testWithOnetun(`answers our handshake${missing}`, async () => {
    const bound = await freePort();
    await withOnetun(
      (port) => [`127.0.0.1:${port}:[fdaa:0:2:a7b::9]:7`, '--endpoint-bind-addr', `127.0.0.1:${bound}`],
      async (network, localPort) => {
        network.listen({ port: 7 }, (incoming) =>
          incoming
            .accept()
            .on('error', () => undefined)
            .end('hello'),
        );
        const socket = connect(localPort, '127.0.0.1');
        const received = receive(socket);
        await once(socket, 'end');
        expect(received.text).toBe('hello');
        socket.destroy();
      },
      bound,
    );
  });
});
