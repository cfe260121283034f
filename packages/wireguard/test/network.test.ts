import { connection, settled } from './support/connections.js';
import { createPair, LEFT, type Pair, RIGHT } from './support/pair.js';
import { digest, receive, testData } from './support/transfer.js';
import { parseAddress } from '../src/ip/address.js';
import { createFlow, fillChecksum, HEADER_BYTES, Protocol, writeHeader } from '../src/ip/packet.js';
import type { UdpSource } from '../src/udp/udp.js';

/** An ICMPv6 error that quotes `original`, from a router on the way. */
function icmpError(type: number, value: number, original: Buffer, to: string): Buffer {
  const length = 8 + original.length;
  const packet = Buffer.alloc(HEADER_BYTES + length);
  const flow = createFlow(parseAddress('fdaa::77'), parseAddress(to), Protocol.icmpv6);
  writeHeader(packet, flow, length, Protocol.icmpv6);
  packet[HEADER_BYTES] = type;
  packet.writeUInt32BE(value, HEADER_BYTES + 4);
  original.copy(packet, HEADER_BYTES + 8);
  fillChecksum(packet, flow, length, HEADER_BYTES + 2);
  return packet;
}

describe('a network', () => {
  let pair: Pair;
  beforeEach(() => {
    pair = createPair({ faults: { delayMs: 10 } });
  });
  afterEach(() => pair.close());

  it('answers an echo request, and waits no longer than it should', async () => {
    // A handshake comes first.
    expect(await settled(pair, pair.left.network.ping(RIGHT))).toBe(40);
    expect(await settled(pair, pair.left.network.ping('fdaa:0:2:a7b::9'))).toBe(20);
    pair.path.isCut = true;
    expect(await settled(pair, pair.left.network.ping(RIGHT, 700))).toBeNull();
  });

  it('answers for its own addresses only', async () => {
    await settled(pair, pair.left.network.ping(RIGHT));
    expect(await settled(pair, pair.right.network.ping(LEFT, 500))).toBe(20);
    expect(await settled(pair, pair.right.network.ping('fdaa:0:1::99', 500))).toBeNull();
    expect(await settled(pair, pair.left.network.ping('ff02::1', 500))).toBeNull();
  });

  it('carries UDP to one address or to all', async () => {
    const seen: string[] = [];
    const all = pair.right.network.bindUdp({ port: 53 });
    const one = pair.right.network.bindUdp({ port: 53, address: 'fdaa:0:2::5' });
    all.on('message', (data: Buffer, source: UdpSource) => seen.push(`all ${data} ${source.localAddress}`));
    one.on('message', (data: Buffer, source: UdpSource) => seen.push(`one ${data} ${source.address}`));
    const client = pair.left.network.bindUdp();
    client.send(Buffer.from('a'), 53, 'fdaa:0:2::4');
    client.send(Buffer.from('b'), 53, 'fdaa:0:2::5');
    await pair.clock.advance(100);
    expect(seen).toEqual(['all a fdaa:0:2::4', `one b ${LEFT}`]);
    expect(client.send(Buffer.alloc(1_420 - 48), 53, RIGHT)).toBe(true);
    expect(client.send(Buffer.alloc(1_420 - 47), 53, RIGHT)).toBe(false);
  });

  it('says that nobody listens to a datagram', async () => {
    const client = pair.left.network.bindUdp();
    const unreachable = jest.fn();
    client.on('unreachable', unreachable);
    client.send(Buffer.from('x'), 99, RIGHT);
    await pair.clock.advance(100);
    expect(unreachable).toHaveBeenCalledWith(RIGHT, 99);
  });

  it('gives no UDP port away twice', () => {
    const { network } = pair.left;
    const socket = network.bindUdp({ port: 5 });
    expect(() => network.bindUdp({ port: 5 })).toThrow(expect.objectContaining({ code: 'EADDRINUSE' }));
    socket.close();
    expect(network.bindUdp({ port: 5 }).port).toBe(5);
  });

  it('sends smaller segments after Packet Too Big, and nothing is lost', async () => {
    const { client, server } = await connection(pair);
    const atServer = receive(server);
    const data = testData(400_000);
    // A path that takes packets of 1,300 bytes at most: 32 bytes of WireGuard around them.
    let dropped = 0;
    const send = pair.left.device.send.bind(pair.left.device);
    jest.spyOn(pair.left.device, 'send').mockImplementation((packet, length) => {
      if (length <= 1_300) return send(packet, length);
      dropped += 1;
      const quoted = Buffer.from(packet.subarray(0, 200));
      pair.clock.setTimer(() => pair.left.network.input(icmpError(2, 1_300, quoted, LEFT)), 5);
      return true;
    });
    client.end(data);
    await pair.clock.until(() => atServer.hasEnded, 60_000);
    expect(atServer.digest).toBe(digest(data));
    expect(dropped).toBeGreaterThan(0);
    expect(dropped).toBeLessThan(40);
  });

  it('does not believe an ICMP error about a segment that is not in flight', async () => {
    const { client, server } = await connection(pair);
    const atServer = receive(server);
    let largest = 0;
    pair.path.filter = (datagram) => {
      largest = Math.max(largest, datagram.length);
      return true;
    };
    // Padded by WireGuard, but not beyond the MTU; 32 bytes of its own.
    const full = 1_420 + 32;
    client.write(testData(10_000));
    await pair.clock.advance(1_000);
    const forged = Buffer.alloc(60);
    const flow = createFlow(parseAddress(LEFT), parseAddress(RIGHT), Protocol.tcp);
    writeHeader(forged, flow, 1_340, Protocol.tcp);
    forged.writeUInt16BE(client.localPort, 40);
    forged.writeUInt16BE(7, 42);
    forged.writeUInt32BE(0x12345678, 44);
    pair.left.network.input(icmpError(2, 1_280, forged, LEFT));
    expect(largest).toBe(full);
    largest = 0;
    client.end(testData(10_000));
    await pair.clock.until(() => atServer.hasEnded, 10_000);
    expect(largest).toBe(full);
  });

  it('fails a dial at once when a router says that there is no way', async () => {
    jest.spyOn(pair.left.device, 'send').mockImplementation((packet) => {
      const quoted = Buffer.from(packet.subarray(0, 60));
      pair.clock.setTimer(() => pair.left.network.input(icmpError(1, 0, quoted, LEFT)), 5);
      return true;
    });
    const dialled = pair.left.network.connect({ address: RIGHT, port: 7 });
    await expect(settled(pair, dialled)).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
    expect(pair.clock.now()).toBe(5);
  });

  it('opens, asks, is answered and closes in two round trips', async () => {
    pair.left.peer.connect();
    await pair.clock.advance(1_000);
    pair.right.network.listen({ port: 7 }, (incoming) => {
      const server = incoming.accept();
      server.on('error', () => undefined);
      server.pipe(server);
    });
    const begin = pair.clock.now();
    const client = await settled(pair, pair.left.network.connect({ address: RIGHT, port: 7 }));
    const atClient = receive(client);
    client.end('x');
    await pair.clock.until(() => atClient.hasEnded, 1_000);
    expect(atClient.text).toBe('x');
    expect(pair.clock.now() - begin).toBe(40);
  });
});
