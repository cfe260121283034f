import { MessageType } from '../../src/noise/messages.js';
import { createPair, LEFT, type Pair, RIGHT } from '../support/pair.js';

/** An IPv6 packet without a next header, from left to right. */
function packet(pair: Pair, bytes = 100): { buffer: Buffer; length: number } {
  const buffer = Buffer.alloc(bytes + 16);
  buffer[0] = 0x60;
  buffer.writeUInt16BE(bytes - 40, 4);
  buffer[6] = 59;
  Buffer.from('fdaa0000000100000000000000000002', 'hex').copy(buffer, 8);
  Buffer.from('fdaa0000000200000000000000000003', 'hex').copy(buffer, 24);
  return { buffer, length: bytes };
}

function send(pair: Pair): void {
  const { buffer, length } = packet(pair);
  pair.left.device.send(buffer, length);
}

/** Types of the datagrams that pass, in order. */
function watch(pair: Pair): { types: number[] } {
  const seen = { types: [] as number[] };
  pair.path.filter = (datagram) => {
    seen.types.push(datagram[0] as number);
    return true;
  };
  return seen;
}

async function connected(pair: Pair): Promise<void> {
  pair.left.peer.connect();
  await pair.clock.advance(1_000);
}

describe('a device', () => {
  it('shakes hands for the first packet, and sends it afterwards', async () => {
    const pair = createPair();
    const seen = watch(pair);
    send(pair);
    await pair.clock.advance(100);
    expect(seen.types).toEqual([MessageType.initiation, MessageType.response, MessageType.transport]);
    expect(pair.right.peer.receivedBytes).toBe(112 + 32);
    expect(pair.right.peer.hasSession).toBe(true);
    pair.close();
  });

  it('tries again every five seconds, for ninety, and says so then', async () => {
    const onUnreachable = jest.fn();
    const pair = createPair({ left: { onUnreachable } });
    pair.path.isCut = true;
    send(pair);
    await pair.clock.advance(89_000);
    expect(pair.path.sent).toBeGreaterThanOrEqual(16);
    expect(pair.path.sent).toBeLessThanOrEqual(18);
    expect(onUnreachable).not.toHaveBeenCalled();
    await pair.clock.advance(10_000);
    expect(onUnreachable).toHaveBeenCalledTimes(1);
    const { sent } = pair.path;
    await pair.clock.advance(60_000);
    expect(pair.path.sent).toBe(sent);
    pair.close();
  });

  it('sends a keepalive ten seconds after it has received and not sent', async () => {
    const pair = createPair();
    await connected(pair);
    const seen = watch(pair);
    send(pair);
    await pair.clock.advance(9_900);
    expect(seen.types).toHaveLength(1);
    await pair.clock.advance(200);
    expect(seen.types).toHaveLength(2);
    // Nothing more: a keepalive is not answered.
    await pair.clock.advance(60_000);
    expect(seen.types).toHaveLength(2);
    pair.close();
  });

  it('begins anew when it has sent for fifteen seconds and heard nothing', async () => {
    const pair = createPair();
    await connected(pair);
    pair.path.isCut = true;
    const before = pair.path.sent;
    send(pair);
    await pair.clock.advance(14_900);
    expect(pair.path.sent).toBe(before + 1);
    await pair.clock.advance(500);
    expect(pair.path.sent).toBe(before + 2);
    pair.close();
  });

  it('keeps a NAT open when asked to', async () => {
    const pair = createPair({ left: { persistentKeepaliveMs: 15_000 } });
    await connected(pair);
    const { sent } = pair.path;
    await pair.clock.advance(60_000);
    expect(pair.path.sent - sent).toBe(4);
    pair.close();
  });

  it('rekeys for an hour, without losing a packet', async () => {
    const pair = createPair({ faults: { delayMs: 20 } });
    const seen = watch(pair);
    let delivered = 0;
    const deliver = jest.spyOn(pair.right.network, 'input').mockImplementation(() => (delivered += 1));
    for (let second = 0; second < 3_600; second += 1) {
      send(pair);
      await pair.clock.advance(1_000);
    }
    deliver.mockRestore();
    expect(delivered).toBe(3_600);
    const handshakes = seen.types.filter((type) => type === MessageType.initiation).length;
    expect(handshakes).toBeGreaterThanOrEqual(29);
    expect(handshakes).toBeLessThanOrEqual(31);
    pair.close();
  });

  it('shakes hands at once when this computer has slept for longer than keys live', async () => {
    const pair = createPair({ faults: { delayMs: 20 } });
    await connected(pair);
    const before = pair.left.peer.lastHandshakeAt as number;
    pair.clock.sleep(170_000);
    send(pair);
    await pair.clock.advance(100);
    expect(pair.left.peer.lastHandshakeAt).toBe(before);
    await pair.clock.advance(10_000);
    pair.clock.sleep(10_000);
    send(pair);
    await pair.clock.advance(100);
    expect(pair.left.peer.lastHandshakeAt).toBeGreaterThan(before);
    pair.close();
  });

  it('carries a connection on, by a new handshake, when the other side has forgotten the session', async () => {
    const pair = createPair({ faults: { delayMs: 20 } });
    await connected(pair);
    pair.right.device.addPeer({ publicKey: pair.left.device.publicKey, allowedIps: ['fdaa:0:1::/48'] });
    const ignore = (): void => undefined;
    pair.right.network.listen({ port: 7 }, (incoming) => void incoming.accept().on('error', ignore));
    await pair.clock.advance(10_000);
    let isOpen = false;
    void pair.left.network.connect({ address: RIGHT, port: 7 }).then((stream) => {
      stream.on('error', ignore);
      isOpen = true;
    });
    await pair.clock.advance(1_500);
    expect(isOpen).toBe(false);
    pair.left.peer.connect();
    await pair.clock.advance(100);
    expect(isOpen).toBe(true);
    pair.close();
  });

  it('rekeys as a receiver, too, before the key dies', async () => {
    const pair = createPair();
    await connected(pair);
    const seen = watch(pair);
    const reply = Buffer.alloc(64);
    reply[0] = 0x60;
    Buffer.from('fdaa0000000200000000000000000003fdaa0000000100000000000000000002', 'hex').copy(reply, 8);
    // The right side answers nothing, and the left only listens: its keepalives rekey at 120 s already.
    for (let second = 0; second < 170; second += 5) {
      pair.right.device.send(Buffer.from(reply), 40);
      await pair.clock.advance(5_000);
    }
    expect(seen.types.filter((type) => type === MessageType.initiation)).toHaveLength(1);
    pair.close();
  });

  it('forgets its keys when nothing has happened for nine minutes', async () => {
    const pair = createPair();
    await connected(pair);
    expect(pair.left.peer.hasSession).toBe(true);
    await pair.clock.advance(181_000);
    expect(pair.left.peer.hasSession).toBe(false);
    await pair.clock.advance(400_000);
    const seen = watch(pair);
    send(pair);
    await pair.clock.advance(100);
    expect(seen.types[0]).toBe(MessageType.initiation);
    expect(pair.right.peer.hasSession).toBe(true);
    pair.close();
  });

  it('follows a peer that roams', async () => {
    const pair = createPair();
    await connected(pair);
    const moved = { ...pair.path.left, name: 'elsewhere:2', send: jest.fn() };
    pair.path.receiveRight = (datagram) => pair.right.device.receive(datagram, moved);
    send(pair);
    await pair.clock.advance(11_000);
    expect(pair.right.peer.endpoint).toBe(moved);
    expect(moved.send).toHaveBeenCalled();
    pair.close();
  });

  it('does not follow a packet that is not authentic', async () => {
    const pair = createPair();
    await connected(pair);
    const before = pair.right.peer.endpoint;
    const elsewhere = { name: 'elsewhere:2', isCongested: false, send: () => undefined };
    pair.path.filter = (datagram) => {
      const forged = Buffer.from(datagram);
      forged[20] = (forged[20] as number) ^ 1;
      pair.right.device.receive(forged, elsewhere);
      return false;
    };
    send(pair);
    expect(pair.right.device.dropped).toBe(1);
    expect(pair.right.peer.endpoint).toBe(before);
    pair.close();
  });

  it('takes no packet twice, and no initiation twice', async () => {
    const pair = createPair();
    const copies: Buffer[] = [];
    pair.path.filter = (datagram, toRight) => {
      if (toRight) copies.push(Buffer.from(datagram));
      return true;
    };
    send(pair);
    await pair.clock.advance(1_000);
    expect(copies).toHaveLength(2);
    const { sent } = pair.path;
    for (const copy of copies) pair.right.device.receive(copy, pair.path.left);
    await pair.clock.advance(1_000);
    expect(pair.right.device.dropped).toBe(2);
    expect(pair.path.sent).toBe(sent);
    pair.close();
  });

  it('drops packets with a source that does not belong to the peer', async () => {
    const pair = createPair();
    await connected(pair);
    const input = jest.spyOn(pair.right.network, 'input');
    const { buffer, length } = packet(pair);
    Buffer.from('fdaa0000000900000000000000000002', 'hex').copy(buffer, 8);
    pair.left.device.send(buffer, length);
    await pair.clock.advance(100);
    expect(input).not.toHaveBeenCalled();
    send(pair);
    await pair.clock.advance(100);
    expect(input).toHaveBeenCalledTimes(1);
    pair.close();
  });

  it('comes together when both sides begin at once', async () => {
    const pair = createPair({ faults: { delayMs: 50 } });
    await connected(pair);
    await pair.clock.advance(200_000);
    pair.left.peer.connect();
    pair.right.peer.connect();
    await pair.clock.advance(1_000);
    const ping = pair.left.network.ping(RIGHT);
    await pair.clock.advance(1_000);
    expect(await ping).toBeCloseTo(100, 0);
    pair.close();
  });

  it('asks for proof of address under load, and lets in who has it', async () => {
    const pair = createPair();
    let initiation: Buffer | undefined;
    pair.path.filter = (datagram, toRight) => {
      if (toRight && datagram[0] === MessageType.initiation) initiation ??= Buffer.from(datagram);
      return true;
    };
    await connected(pair);
    await pair.clock.advance(200_000);
    const stranger = { name: '192.0.2.1:9', isCongested: false, send: jest.fn() };
    for (let count = 0; count < 60; count += 1) pair.right.device.receive(Buffer.from(initiation as Buffer), stranger);
    expect(stranger.send).toHaveBeenCalledTimes(10);
    expect((stranger.send.mock.calls[0] as [Buffer[]])[0][0]?.length).toBe(64);
    // The peer itself gets a cookie at first, and comes in with it when it tries again.
    const seen = watch(pair);
    pair.left.peer.connect();
    for (let second = 0; second < 6; second += 1) {
      for (let count = 0; count < 60; count += 1)
        pair.right.device.receive(Buffer.from(initiation as Buffer), stranger);
      await pair.clock.advance(1_000);
    }
    expect(seen.types.slice(0, 4)).toEqual([
      MessageType.initiation,
      MessageType.cookieReply,
      MessageType.initiation,
      MessageType.response,
    ]);
    expect(pair.right.peer.hasSession).toBe(true);
    pair.close();
  });

  it('names what is wrong with a key, and not the key', () => {
    const pair = createPair();
    expect(() => pair.left.device.addPeer({ publicKey: 'secret!', allowedIps: [] })).toThrow(
      'The public key of the peer is not a WireGuard key: it must be 32 bytes in base64.',
    );
    expect(() =>
      pair.left.device.addPeer({ publicKey: pair.right.device.publicKey, allowedIps: [LEFT, '10.0.0.0/8'] }),
    ).toThrow('"10.0.0.0" is not an IPv6 address.');
    pair.close();
  });
});
