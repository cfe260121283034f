import { findProgram, testIfInstalled } from '../../../../test/system-component.js';
import { Device } from '../../src/device/device.js';
import { Network } from '../../src/network/network.js';
import { generateKeyPair } from '../../src/noise/keys.js';
import { listenUdp, udpEndpoint } from '../../src/transport/udp.js';
import { openTunnel, type Tunnel } from '../../src/tunnel.js';
import type { PathFaults } from '../support/faulty-path.js';
import {
  KERNEL,
  KERNEL_PORT,
  type KernelPeer,
  type KernelProgram,
  mayMakeNamespaces,
  startKernelPeer,
} from '../support/namespace.js';
import { seededNumbers } from '../support/random.js';
import { digest, receive, testData } from '../support/transfer.js';
import { startUdpRelay } from '../support/udp-relay.js';

const programs = ['wireguard-go', 'wg', 'ip'];

/** It is in no Debian package (`cargo install boringtun-cli`), so it may be missing. */
const hasBoringtun = findProgram('boringtun-cli') !== null;
const MEGABYTE = 1_000_000;

/** A peer that is not ours, in both roles. Only root may make tunnels and namespaces. */
function testWithKernel(name: string, run: () => Promise<void>): void {
  if (mayMakeNamespaces()) testIfInstalled(programs, name, run);
  else test.skip(`${name} (needs root)`, () => undefined);
}

function testWithBoringtun(name: string, run: () => Promise<void>): void {
  if (hasBoringtun) testWithKernel(name, run);
  else test.skip(`${name} (needs boringtun-cli, which is not installed)`, () => undefined);
}

async function withTunnel(
  options: { presharedKey?: string; faults?: PathFaults; program?: KernelProgram },
  use: (tunnel: Tunnel, kernel: KernelPeer) => Promise<void>,
): Promise<void> {
  const ours = generateKeyPair();
  const { presharedKey, faults, program } = options;
  const kernel = await startKernelPeer({ ourPublicKey: ours.publicKey, presharedKey, program });
  const target = { address: kernel.address, port: KERNEL_PORT };
  const relay = faults === undefined ? undefined : await startUdpRelay(target, seededNumbers(3), faults);
  const [host, port] = relay === undefined ? [target.address, target.port] : ['127.0.0.1', relay.port];
  const tunnel = openTunnel({
    privateKey: ours.privateKey,
    address: 'fdaa:0:1::2',
    peer: { publicKey: kernel.publicKey, presharedKey, allowedIps: ['fdaa:0:2::/48'] },
    transports: [(take) => udpEndpoint(host, port, take)],
  });
  try {
    await tunnel.ready(60_000);
    await use(tunnel, kernel);
  } finally {
    tunnel.close();
    relay?.close();
    kernel.close();
  }
}

/** Sends `bytes` bytes to the echo of the kernel, and gets them back. */
async function echo(tunnel: Tunnel, kernel: KernelPeer, bytes: number): Promise<void> {
  expect(await kernel.run('echo', KERNEL, '7')).toBe('listening');
  const stream = await tunnel.network.connect({ address: KERNEL, port: 7, timeoutMs: 60_000 });
  const received = receive(stream);
  const data = testData(bytes);
  stream.end(data);
  await new Promise((resolve) => stream.on('close', resolve));
  expect(received.error).toBeUndefined();
  expect(received.digest).toBe(digest(data));
}

/** The other side begins, and connects to whatever address and port. */
async function beFound(program?: KernelProgram): Promise<void> {
  const ours = generateKeyPair();
  const network: Network = new Network({
    address: 'fdaa:0:1::3',
    everyAddress: true,
    mtu: 1_420,
    send: (packet, length) => device.send(packet, length),
  });
  const device = new Device({ privateKey: ours.privateKey, onPacket: (packet) => network.input(packet) });
  network.listen({ port: 7 }, (incoming) => {
    const stream = incoming.accept();
    stream.on('error', () => undefined);
    stream.pipe(stream);
  });
  const listener = await listenUdp({ address: '0.0.0.0' }, (datagram, from) => device.receive(datagram, from));
  const kernel = await startKernelPeer({ ourPublicKey: ours.publicKey, ourPort: listener.port, program });
  device.addPeer({ publicKey: kernel.publicKey, allowedIps: ['fdaa:0:2::/48'] });
  try {
    expect(await kernel.run('exchange', 'fdaa:0:1:a7b::9', '7', `${5 * MEGABYTE}`)).toBe('same');
    expect(await kernel.run('exchange', 'fdaa:0:1:a7b::10', '7', '1000')).toBe('same');
    expect(await kernel.run('exchange', 'fdaa:0:1:a7b::10', '8', '1000')).toBe('ECONNREFUSED');
  } finally {
    network.close();
    device.close();
    await listener.close();
    kernel.close();
  }
}

describe('wireguard-go and the TCP of the kernel', () => {
  testWithKernel('answer us: echo, half-close, refusal, ping', () =>
    withTunnel({}, async (tunnel, kernel) => {
      expect(await tunnel.network.ping(KERNEL, 30_000)).toBeGreaterThan(0);
      await echo(tunnel, kernel, 5 * MEGABYTE);
      expect(await kernel.run('digest', KERNEL, '8')).toBe('listening');
      const stream = await tunnel.network.connect({ address: KERNEL, port: 8 });
      const received = receive(stream);
      const data = testData(MEGABYTE, 5);
      stream.end(data);
      await new Promise((resolve) => stream.on('close', resolve));
      expect(received.text).toBe(`${MEGABYTE} ${digest(data)}`);
      await expect(tunnel.network.connect({ address: KERNEL, port: 9 })).rejects.toMatchObject({
        code: 'ECONNREFUSED',
      });
    }),
  );

  testWithKernel('answer us under a preshared key', () =>
    withTunnel({ presharedKey: generateKeyPair().privateKey }, (tunnel, kernel) => echo(tunnel, kernel, MEGABYTE)),
  );

  const paths: [string, PathFaults, number][] = [
    ['1 % loss', { loss: 0.01 }, 10 * MEGABYTE],
    ['reordering and duplicates', { delayMs: 2, reordering: 0.05, reorderMs: 4, duplication: 0.05 }, 5 * MEGABYTE],
    ['10 % of everything', { delayMs: 2, loss: 0.1, duplication: 0.1, reordering: 0.1, reorderMs: 5 }, MEGABYTE],
  ];
  for (const [name, faults, bytes] of paths) {
    testWithKernel(`get and send ${bytes / MEGABYTE} MB whole over a path with ${name}`, () =>
      withTunnel({ faults }, (tunnel, kernel) => echo(tunnel, kernel, bytes)),
    );
  }

  testWithKernel('go on with us within seconds of a change of network', () =>
    withTunnel({}, async (tunnel, kernel) => {
      expect(await kernel.run('echo', KERNEL, '7')).toBe('listening');
      const stream = await tunnel.network.connect({ address: KERNEL, port: 7 });
      const received = receive(stream);
      kernel.roam();
      const data = testData(MEGABYTE);
      const begun = Date.now();
      stream.end(data);
      await new Promise((resolve) => stream.on('close', resolve));
      expect(received.digest).toBe(digest(data));
      // WireGuard alone would notice after fifteen seconds of silence.
      expect(Date.now() - begun).toBeLessThan(10_000);
    }),
  );

  testWithKernel('find us, at any address and port', () => beFound());
});

describe('boringtun and the TCP of the kernel', () => {
  testWithBoringtun('answer us: ping and echo', () =>
    withTunnel({ program: 'boringtun-cli' }, async (tunnel, kernel) => {
      expect(await tunnel.network.ping(KERNEL, 30_000)).toBeGreaterThan(0);
      await echo(tunnel, kernel, 2 * MEGABYTE);
    }),
  );

  testWithBoringtun('find us, at any address and port', () => beFound('boringtun-cli'));
});
