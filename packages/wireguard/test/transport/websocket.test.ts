import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Duplex, duplexPair } from 'node:stream';
import { Device } from '../../src/device/device.js';
import { Network } from '../../src/network/network.js';
import { generateKeyPair } from '../../src/noise/keys.js';
import type { ReceiveDatagram } from '../../src/transport/endpoint.js';
import { encodeFrame, FrameDecoder, Opcode } from '../../src/transport/websocket-frames.js';
import { RecordReader } from '../../src/transport/records.js';
import { webSocketEndpoint } from '../../src/transport/websocket-client.js';
import { acceptWebSocket } from '../../src/transport/websocket-server.js';
import { openTunnel, type Tunnel } from '../../src/tunnel.js';
import { seededBytes } from '../support/random.js';
import { digest, receive, testData } from '../support/transfer.js';
import { VirtualClock } from '../support/virtual-clock.js';

const random = seededBytes(21);

/** What a decoder makes of `bytes`, given to it in pieces of `size`. */
function decode(bytes: Buffer, size: number): { data: Buffer; pings: string[]; closes: number } {
  const chunks: Buffer[] = [];
  const result = { data: Buffer.alloc(0), pings: [] as string[], closes: 0 };
  const decoder = new FrameDecoder({
    data: (piece) => chunks.push(Buffer.from(piece)),
    ping: (payload) => result.pings.push(payload.toString()),
    close: () => (result.closes += 1),
  });
  for (let at = 0; at < bytes.length; at += size) decoder.push(bytes.subarray(at, at + size));
  result.data = Buffer.concat(chunks);
  return result;
}

describe('WebSocket frames', () => {
  // RFC 6455, section 5.7.
  it('are those of the specification', () => {
    const hello = Buffer.from('Hello');
    expect(encodeFrame(Opcode.text, [hello], null).toString('hex')).toBe('810548656c6c6f');
    expect(encodeFrame(Opcode.text, [hello], Buffer.from('37fa213d', 'hex')).toString('hex')).toBe(
      '818537fa213d7f9f4d5158',
    );
    expect(
      encodeFrame(Opcode.binary, [Buffer.alloc(256)], null)
        .subarray(0, 4)
        .toString('hex'),
    ).toBe('827e0100');
    expect(
      encodeFrame(Opcode.binary, [Buffer.alloc(65_536)], null)
        .subarray(0, 10)
        .toString('hex'),
    ).toBe('827f0000000000010000');
    expect(decode(Buffer.from('0103486561'.slice(0, 4) + '48656c' + '80026c6f', 'hex'), 1).data.toString()).toBe(
      'Hello',
    );
  });

  it.each([1, 3, 7, 4_096, 100_000])('come out as they went in, in pieces of %i', (size) => {
    const lengths = size < 4_096 ? [0, 1, 125, 126, 127, 1_000] : [0, 1_000, 65_535, 70_001];
    const messages = lengths.map((length) => random(length));
    const frames = messages.flatMap((message, at) => [
      encodeFrame(at % 2 === 0 ? Opcode.text : Opcode.binary, [message.subarray(0, 3), message.subarray(3)], random(4)),
      encodeFrame(Opcode.ping, [Buffer.from(`p${at}`)], random(4)),
    ]);
    const decoded = decode(Buffer.concat(frames), size);
    expect(digest(decoded.data)).toBe(digest(Buffer.concat(messages)));
    expect(decoded.pings).toEqual(messages.map((_, at) => `p${at}`));
  });

  it.each([
    ['an unknown opcode', '8300'],
    ['a reserved bit', 'c100'],
    ['a long ping', '897e0080'],
    ['a close', '8800'],
  ])('end with %s', (_name, hex) => {
    expect(decode(Buffer.from(hex, 'hex'), 1).closes).toBe(1);
  });

  it('may be anything: nothing is thrown', () => {
    for (let round = 0; round < 1_000; round += 1) decode(random(random(1).readUInt8(0)), 17);
  });
});

describe('records', () => {
  it('come out of any pieces, without the empty ones', () => {
    const bytes = Buffer.concat([
      Buffer.from('2faced77', 'hex'),
      Buffer.from('00000003616263', 'hex'),
      Buffer.from('00000000', 'hex'),
      Buffer.from('0000000164', 'hex'),
    ]);
    for (let size = 1; size <= bytes.length; size += 1) {
      const got: string[] = [];
      const reader = new RecordReader((datagram) => got.push(datagram.toString()), { expectsMagic: true });
      for (let at = 0; at < bytes.length; at += size) expect(reader.push(bytes.subarray(at, at + size))).toBe(true);
      expect(got).toEqual(['abc', 'd']);
    }
  });

  it.each([
    ['another beginning', '47455420'],
    ['a record that no datagram is as long as', '2faced7700010000'],
  ])('are not taken from %s', (_name, hex) => {
    expect(new RecordReader(() => undefined, { expectsMagic: true }).push(Buffer.from(hex, 'hex'))).toBe(false);
  });
});

interface Gateway {
  port: number;
  publicKey: string;
  /** Cuts all connections. */
  cut(): void;
  close(): void;
}

async function startGateway(clientKey: string): Promise<Gateway> {
  const keys = generateKeyPair();
  const network: Network = new Network({
    address: 'fdaa::3',
    everyAddress: true,
    mtu: 1_420,
    send: (packet, length) => device.send(packet, length),
  });
  const device = new Device({ privateKey: keys.privateKey, onPacket: (packet) => network.input(packet) });
  device.addPeer({ publicKey: clientKey, allowedIps: ['fdaa:0:1::/48'] });
  network.listen({ port: 7 }, (incoming) => {
    const stream = incoming.accept();
    stream.on('error', () => undefined);
    stream.pipe(stream);
  });
  const server: Server = createServer();
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  server.on('upgrade', (request, socket, head) =>
    acceptWebSocket(request, socket, head, (datagram, from) => device.receive(datagram, from)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    publicKey: keys.publicKey,
    cut,
    close() {
      cut();
      server.close();
      network.close();
      device.close();
    },
  };
}

describe('a tunnel through a WebSocket', () => {
  let gateway: Gateway;
  let tunnel: Tunnel;
  beforeEach(async () => {
    const keys = generateKeyPair();
    gateway = await startGateway(keys.publicKey);
    const { port } = gateway;
    tunnel = openTunnel({
      privateKey: keys.privateKey,
      address: 'fdaa:0:1::2',
      peer: { publicKey: gateway.publicKey },
      transports: [
        (take) => webSocketEndpoint({ host: '127.0.0.1', port, openSocket: (host, at) => connect(at, host) }, take),
      ],
    });
    await tunnel.ready(30_000);
  });
  afterEach(() => {
    tunnel.close();
    gateway.close();
  });

  it('carries data both ways', async () => {
    const stream = await tunnel.network.connect({ address: 'fdaa::9', port: 7 });
    const received = receive(stream);
    const data = testData(2_000_000);
    stream.end(data);
    await new Promise((resolve) => stream.on('close', resolve));
    expect(received.digest).toBe(digest(data));
  });

  it('goes on after the connection below was cut', async () => {
    const stream = await tunnel.network.connect({ address: 'fdaa::9', port: 7 });
    const received = receive(stream);
    const data = testData(2_000_000);
    let cuts = 0;
    stream.on('data', () => {
      if (received.bytes > 300_000 * (cuts + 1)) {
        cuts += 1;
        gateway.cut();
      }
    });
    stream.end(data);
    await new Promise((resolve) => stream.on('close', resolve));
    expect(received.digest).toBe(digest(data));
    expect(cuts).toBeGreaterThan(1);
  });
});

test('a connection is through again within 2 s of a cut of 0.3 s', async () => {
  const clock = new VirtualClock();
  const keys = { ours: generateKeyPair(random), theirs: generateKeyPair(random) };
  const network: Network = new Network({
    address: 'fdaa::3',
    mtu: 1_420,
    clock,
    send: (packet, length) => device.send(packet, length),
  });
  const device = new Device({ privateKey: keys.theirs.privateKey, clock, onPacket: (packet) => network.input(packet) });
  device.addPeer({ publicKey: keys.ours.publicKey, allowedIps: ['fdaa:0:1::/48'] });
  network.listen({ port: 7 }, (incoming) => {
    const stream = incoming.accept();
    stream.on('error', () => undefined);
    stream.pipe(stream);
  });
  const sockets: Duplex[] = [];
  let isCut = false;
  const openSocket = (): Duplex => {
    const [near, far] = duplexPair();
    sockets.push(near, far);
    if (isCut) near.destroy();
    far.once('data', (request: Buffer) => {
      const key = /^Sec-WebSocket-Key: (.*)$/m.exec(request.toString())?.[1]?.trim();
      const upgrade = { headers: { upgrade: 'websocket', 'sec-websocket-key': key }, socket: {} };
      const take: ReceiveDatagram = (datagram, from) => device.receive(datagram, from);
      acceptWebSocket(upgrade as unknown as IncomingMessage, far, Buffer.alloc(0), take, clock);
    });
    return near;
  };
  const tunnel = openTunnel({
    privateKey: keys.ours.privateKey,
    address: 'fdaa:0:1::2',
    peer: { publicKey: keys.theirs.publicKey },
    transports: [(take) => webSocketEndpoint({ host: 'gateway', openSocket, clock, random }, take)],
    clock,
    random,
  });
  await clock.until(() => tunnel.peer.hasSession, 1_000);
  let stream: Duplex | undefined;
  void tunnel.network.connect({ address: 'fdaa::3', port: 7 }).then((opened) => (stream = opened));
  await clock.until(() => stream !== undefined, 1_000);
  const received = receive(stream as Duplex);

  isCut = true;
  for (const socket of sockets) socket.destroy();
  stream?.write('said while it was cut');
  await clock.advance(300);
  expect(received.text).toBe('');
  isCut = false;
  await clock.until(() => received.text === 'said while it was cut', 2_000);
  tunnel.close();
  network.close();
  device.close();
});

test('leaves the work to faster ways, rests where one of them has it, and comes back when it is wanted', async () => {
  const clock = new VirtualClock();
  const opened: Duplex[] = [];
  const openSocket = (): Duplex => {
    const silent = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
    opened.push(silent);
    return silent;
  };
  const endpoint = webSocketEndpoint({ host: 'gateway', afterMs: 250, openSocket, clock }, () => undefined);
  await clock.advance(249);
  expect(opened).toHaveLength(0);
  await clock.advance(1);
  expect(opened).toHaveLength(1);
  endpoint.rest?.();
  await clock.advance(60_000);
  expect(opened.map(({ destroyed }) => destroyed)).toEqual([true]);
  endpoint.renew?.();
  await clock.advance(1);
  expect(opened.map(({ destroyed }) => destroyed)).toEqual([true, false]);
  endpoint.close?.();
  await clock.advance(60_000);
  expect(opened.map(({ destroyed }) => destroyed)).toEqual([true, true]);
});

test('gives a connection that has just opened its time, however often the tunnel asks for a fresh one', async () => {
  const clock = new VirtualClock();
  const opened: Duplex[] = [];
  const openSocket = (): Duplex => {
    const [near, far] = duplexPair();
    opened.push(near);
    far.once('data', (request: Buffer) => {
      const key = /^Sec-WebSocket-Key: (.*)$/m.exec(request.toString())?.[1]?.trim();
      const upgrade = { headers: { upgrade: 'websocket', 'sec-websocket-key': key }, socket: {} };
      acceptWebSocket(upgrade as unknown as IncomingMessage, far, Buffer.alloc(0), () => undefined, clock);
    });
    return near;
  };
  const endpoint = webSocketEndpoint({ host: 'gateway', openSocket, clock, random }, () => undefined);
  await clock.advance(1_000);
  endpoint.renew?.();
  await clock.advance(3_000);
  endpoint.renew?.();
  await clock.advance(900);
  expect(opened).toHaveLength(1);
  await clock.advance(200);
  endpoint.renew?.();
  await clock.advance(100);
  expect(opened).toHaveLength(2);
  endpoint.close?.();
});

test('what is no WebSocket is answered 400', async () => {
  const gateway = await startGateway(generateKeyPair().publicKey);
  const socket = connect(gateway.port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: something\r\n\r\n');
  const answer = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  socket.destroy();
  gateway.close();
});
