import { Device } from '../src/device/device.js';
import { Network } from '../src/network/network.js';
import { generateKeyPair, publicKeyOf } from '../src/noise/keys.js';
import { MessageType } from '../src/noise/messages.js';
import type { Endpoint, ReceiveDatagram } from '../src/transport/endpoint.js';
import { listenUdp, udpEndpoint } from '../src/transport/udp.js';
import type { TcpStream } from '../src/tcp/stream.js';
import { openTunnel, type Tunnel, type TunnelOptions } from '../src/tunnel.js';
import { FaultyPath } from './support/faulty-path.js';
import { seededBytes } from './support/random.js';
import { VirtualClock } from './support/virtual-clock.js';
import { digest, receive, testData } from './support/transfer.js';

/** A tunnel with two ways to its peer, in virtual time. */
function twoWays(options: Partial<TunnelOptions> = {}): {
  clock: VirtualClock;
  tunnel: Tunnel;
  ways: [FaultyPath, FaultyPath];
  renewed: string[];
  rested: string[];
  /** Another connection to the peer, from our side and from its own. */
  connect(withinMs?: number): Promise<{ near: TcpStream; far: TcpStream }>;
  /** The peer is started anew: it knows nothing of what was agreed on. */
  forget(): void;
  close(): void;
} {
  const clock = new VirtualClock();
  const random = seededBytes(9);
  const keys = { ours: generateKeyPair(random), theirs: generateKeyPair(random) };
  const ways: [FaultyPath, FaultyPath] = [
    new FaultyPath(clock, () => 1, { delayMs: 30 }),
    new FaultyPath(clock, () => 1, { delayMs: 10 }),
  ];
  const network: Network = new Network({
    address: 'fdaa::3',
    mtu: 1_420,
    clock,
    send: (packet, length) => device.send(packet, length),
  });
  const device = new Device({ privateKey: keys.theirs.privateKey, clock, onPacket: (packet) => network.input(packet) });
  const meet = (): void =>
    void device.addPeer({
      publicKey: keys.ours.publicKey,
      allowedIps: ['fdaa:0:1::/48'],
      onPathAlive: () => network.pathAlive(),
    });
  meet();
  let accepted: TcpStream | undefined;
  network.listen({ port: 7 }, (incoming) => (accepted = incoming.accept().on('error', () => undefined)));
  const renewed: string[] = [];
  const rested: string[] = [];
  const transports = ways.map((way, index) => (take: ReceiveDatagram): Endpoint => {
    way.receiveRight = (datagram, from) => device.receive(datagram, from);
    const endpoint: Endpoint = Object.assign(way.right, {
      name: `way ${index}`,
      renew: () => void renewed.push(`way ${index}`),
      rest: () => void rested.push(`way ${index}`),
    });
    way.receiveLeft = (datagram) => take(datagram, endpoint);
    return endpoint;
  });
  const tunnel = openTunnel({
    privateKey: keys.ours.privateKey,
    address: 'fdaa:0:1::2',
    peer: { publicKey: keys.theirs.publicKey },
    transports,
    clock,
    random,
    ...options,
  });
  return {
    clock,
    tunnel,
    ways,
    renewed,
    rested,
    async connect(withinMs = 10_000) {
      let near: TcpStream | undefined;
      void tunnel.network.connect({ address: 'fdaa::3', port: 7 }).then((stream) => (near = stream));
      await clock.until(() => near !== undefined && accepted !== undefined, withinMs);
      near?.on('error', () => undefined);
      return { near: near as TcpStream, far: accepted as TcpStream };
    },
    forget: meet,
    close() {
      tunnel.close();
      network.close();
      device.close();
    },
  };
}

async function pinged(world: ReturnType<typeof twoWays>): Promise<number | null> {
  let answer: number | null | undefined;
  void world.tunnel.network.ping('fdaa::3', 20_000).then((ms) => (answer = ms));
  await world.clock.until(() => answer !== undefined, 30_000);
  return answer as number | null;
}

describe('a tunnel', () => {
  it('takes the way that answers first', async () => {
    const world = twoWays();
    await world.clock.advance(200);
    expect(world.tunnel.peer.endpoint?.name).toBe('way 1');
    expect(world.rested).toEqual(['way 0']);
    expect(await pinged(world)).toBe(20);
    world.close();
  });

  it('takes the other way when only that is open', async () => {
    const world = twoWays();
    world.ways[1].isCut = true;
    await world.clock.advance(200);
    expect(world.tunnel.peer.endpoint?.name).toBe('way 0');
    expect(await pinged(world)).toBe(60);
    world.close();
  });

  it('changes over when its way falls silent, and takes fresh sockets', async () => {
    const world = twoWays();
    await world.clock.advance(200);
    world.ways[1].isCut = true;
    void world.tunnel.network.ping('fdaa::3', 1_000);
    await world.clock.advance(25_000);
    expect(world.tunnel.peer.endpoint?.name).toBe('way 0');
    expect(world.renewed).toContain('way 1');
    expect(world.rested).toEqual(['way 0', 'way 1']);
    expect(await pinged(world)).toBe(60);
    world.close();
  });

  it('carries on what is open within three seconds after its peer was started anew', async () => {
    const world = twoWays();
    const { near, far } = await world.connect();
    const received = receive(far);
    await world.clock.advance(20_000);
    world.forget();
    near.write('typed');
    await world.clock.until(() => received.bytes === 5, 3_000);
    world.close();
  });

  it('opens a connection within two seconds after its peer was started anew', async () => {
    const world = twoWays();
    await world.connect();
    await world.clock.advance(20_000);
    world.forget();
    await world.connect(2_000);
    world.close();
  });

  it('notices that its peer was started anew although it only listens', async () => {
    const world = twoWays();
    const { near, far } = await world.connect();
    const received = receive(near);
    far.write('first');
    await world.clock.until(() => received.bytes === 5, 1_000);
    await world.clock.advance(500);
    world.forget();
    far.write('second');
    await world.clock.until(() => received.bytes === 11, 3_000);
    world.close();
  });

  it('changes over within four seconds when somebody waits for an answer', async () => {
    const world = twoWays();
    const { near, far } = await world.connect();
    const received = receive(far);
    await world.clock.advance(20_000);
    world.ways[1].isCut = true;
    near.write('typed');
    await world.clock.until(() => received.bytes === 5, 4_000);
    expect(world.tunnel.peer.endpoint?.name).toBe('way 0');
    world.close();
  });

  it('asks once, and not again and again, when it is not the tunnel that is silent', async () => {
    const world = twoWays();
    const { near, far } = await world.connect();
    await world.clock.advance(20_000);
    let handshakes = 0;
    world.ways[1].filter = (datagram) => {
      if (datagram[0] === MessageType.initiation) handshakes += 1;
      return datagram[0] !== MessageType.transport;
    };
    near.write('typed');
    await world.clock.advance(14_000);
    expect(handshakes).toBe(1);
    far.destroy();
    world.close();
  });

  it('asks again when its peer is started anew some time after something else was silent', async () => {
    const world = twoWays();
    await world.connect();
    await world.clock.advance(20_000);
    world.ways[1].filter = (datagram) => datagram[0] !== MessageType.transport;
    const silent = world.tunnel.network.connect({ address: 'fdaa::3', port: 7 }).catch((error: unknown) => error);
    await world.clock.advance(12_000);
    expect(await silent).toMatchObject({ code: 'ETIMEDOUT' });
    world.ways[1].filter = () => true;
    await world.clock.advance(20_000);
    world.forget();
    await world.connect(2_000);
    world.close();
  });

  it('is ready once, late or never', async () => {
    const world = twoWays();
    const late = world.tunnel.ready(1_000);
    await world.clock.advance(100);
    await late;
    await world.tunnel.ready(1);
    world.close();
    const closed = twoWays();
    closed.ways.forEach((way) => (way.isCut = true));
    const never = closed.tunnel.ready(1_500).catch((error: unknown) => error);
    await closed.clock.advance(2_000);
    expect(await never).toMatchObject({
      code: 'ETIMEDOUT',
      message: 'The WireGuard peer has not answered within 1.5 s.',
    });
    const abort = new AbortController();
    const aborted = closed.tunnel.ready(5_000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    closed.close();
  });

  it('may try a handshake again sooner than WireGuard says', async () => {
    const world = twoWays({ handshakeRetryMs: 500 });
    world.ways.forEach((way) => (way.isCut = true));
    await world.clock.advance(1_000);
    world.ways.forEach((way) => (way.isCut = false));
    await world.clock.advance(1_000);
    expect(world.tunnel.peer.hasSession).toBe(true);
    world.close();
  });

  it('goes through real sockets', async () => {
    const keys = { ours: generateKeyPair(), theirs: generateKeyPair() };
    const network: Network = new Network({
      address: 'fdaa::3',
      everyAddress: true,
      mtu: 1_420,
      send: (packet, length) => device.send(packet, length),
    });
    const device = new Device({ privateKey: keys.theirs.privateKey, onPacket: (packet) => network.input(packet) });
    device.addPeer({ publicKey: keys.ours.publicKey, allowedIps: ['fdaa:0:1::/48'] });
    network.listen({}, (incoming) => {
      const stream = incoming.accept();
      stream.on('error', () => undefined);
      stream.pipe(stream);
    });
    const listener = await listenUdp({}, (datagram, from) => device.receive(datagram, from));
    const tunnel = openTunnel({
      privateKey: keys.ours.privateKey,
      address: 'fdaa:0:1::2',
      peer: { publicKey: keys.theirs.publicKey },
      transports: [(take) => udpEndpoint('localhost', listener.port, take)],
      // The name may stand for ::1 first, where nobody listens.
      handshakeRetryMs: 200,
    });
    await tunnel.ready(30_000);
    const stream = await tunnel.network.connect({ address: 'fdaa:0:7::1', port: 1 });
    const received = receive(stream);
    const data = testData(1_000_000);
    stream.end(data);
    await new Promise((resolve) => stream.on('close', resolve));
    expect(received.digest).toBe(digest(data));
    tunnel.close();
    network.close();
    device.close();
    await listener.close();
  });

  it('has keys like those of wg', () => {
    // `wg genkey | tee key | wg pubkey`
    const privateKey = 'yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=';
    expect(publicKeyOf(privateKey)).toBe('HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=');
    const pair = generateKeyPair();
    expect(publicKeyOf(pair.privateKey)).toBe(pair.publicKey);
    expect((Buffer.from(pair.privateKey, 'base64')[0] as number) & 7).toBe(0);
  });
});
