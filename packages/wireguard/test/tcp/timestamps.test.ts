import { parseAddress } from '../../src/ip/address.js';
import { createFlow, fillChecksum, HEADER_BYTES, Protocol, writeHeader } from '../../src/ip/packet.js';
import { Network } from '../../src/network/network.js';
import type { TcpStream } from '../../src/tcp/stream.js';
import { seededBytes } from '../support/random.js';
import { VirtualClock } from '../support/virtual-clock.js';

const HERE = 'fdaa:0:2::3';
const flow = createFlow(parseAddress('fdaa:0:1::2'), parseAddress(HERE), Protocol.tcp);
const SYN = 2;
const RST = 4;
const ACK = 16;
const MSS = [2, 4, 1360 >> 8, 1360 & 0xff];
const SACK_PERMITTED = [1, 1, 4, 2];

/** NOP, NOP, kind 8, length 10. */
function timestamps(value: number, echo: number): number[] {
  const option = Buffer.alloc(12);
  option.set([1, 1, 8, 10]);
  option.writeUInt32BE(value, 4);
  option.writeUInt32BE(echo, 8);
  return [...option];
}

interface Segment {
  flags: number;
  sequence: number;
  acknowledgment: number;
  options: number[];
  length: number;
}

/** What a network is asked by a side that is written here byte by byte, and what it answers. */
function peerOf(clock: VirtualClock) {
  const answers: Segment[] = [];
  const network = new Network({
    address: HERE,
    mtu: 1_420,
    clock,
    random: seededBytes(1),
    send(packet, length) {
      const start = HEADER_BYTES + ((packet[HEADER_BYTES + 12] as number) >> 4) * 4;
      answers.push({
        flags: packet[HEADER_BYTES + 13] as number,
        sequence: packet.readUInt32BE(HEADER_BYTES + 4),
        acknowledgment: packet.readUInt32BE(HEADER_BYTES + 8),
        options: [...packet.subarray(HEADER_BYTES + 20, start)],
        length: length - start,
      });
      return true;
    },
  });
  return {
    network,
    /** Sends one segment whose sequence number is `offset` behind that of the SYN. */
    send(flags: number, offset: number, acknowledgment: number, options: number[], length = 0): void {
      const bytes = 20 + options.length + length;
      const packet = Buffer.alloc(HEADER_BYTES + bytes);
      writeHeader(packet, flow, bytes, Protocol.tcp);
      packet.writeUInt16BE(50_000, HEADER_BYTES);
      packet.writeUInt16BE(7, HEADER_BYTES + 2);
      packet.writeUInt32BE(1_000_000 + offset, HEADER_BYTES + 4);
      packet.writeUInt32BE(acknowledgment >>> 0, HEADER_BYTES + 8);
      packet[HEADER_BYTES + 12] = ((20 + options.length) / 4) << 4;
      packet[HEADER_BYTES + 13] = flags;
      packet.writeUInt16BE(0xffff, HEADER_BYTES + 14);
      packet.set(options, HEADER_BYTES + 20);
      fillChecksum(packet, flow, bytes, HEADER_BYTES + 16);
      network.input(packet);
    },
    /** What has been answered since the last question. */
    async answers(): Promise<Segment[]> {
      await clock.advance(50);
      return answers.splice(0);
    },
  };
}

describe('the timestamps of a TCP connection', () => {
  let clock: VirtualClock;
  let peer: ReturnType<typeof peerOf>;
  let server: TcpStream;
  /** What the network counts from. */
  let first: number;

  /** Both sides know each other; the timestamp of the SYN is 5,000. */
  async function open(synOptions: number[], ackOptions: number[]): Promise<Segment> {
    peer.network.listen({ port: 7 }, (incoming) => {
      server = incoming.accept();
      server.on('error', () => undefined);
      server.resume();
    });
    peer.send(SYN, 0, 0, [...MSS, ...synOptions]);
    const [answer] = await peer.answers();
    first = (answer as Segment).sequence + 1;
    peer.send(ACK, 1, first, ackOptions);
    await peer.answers();
    return answer as Segment;
  }

  beforeEach(() => {
    clock = new VirtualClock();
    peer = peerOf(clock);
  });
  afterEach(() => peer.network.close());

  it('are echoed, so that the other side knows its round trip even after it had to send again', async () => {
    const answer = await open(timestamps(5_000, 0), timestamps(5_050, 0));
    expect(answer.options.slice(-12)).toEqual(timestamps(0, 5_000));
    for (const [offset, sentAt] of [
      [1, 5_100],
      [1_001, 7_100],
    ] as const) {
      const now = clock.now();
      peer.send(ACK, offset, first, timestamps(sentAt, 0), 1_000);
      expect((await peer.answers()).map(({ options }) => options)).toEqual([timestamps(now, sentAt)]);
    }
  });

  it('count from the first of several segments that one acknowledgment answers, and not from one behind a gap', async () => {
    await open([...SACK_PERMITTED, ...timestamps(5_000, 0)], timestamps(5_050, 0));
    const now = clock.now();
    peer.send(ACK, 1, first, timestamps(5_100, 0), 1_000);
    peer.send(ACK, 1_001, first, timestamps(5_101, 0), 1_000);
    peer.send(ACK, 3_001, first, timestamps(5_102, 0), 1_000);
    const [answer, ...others] = await peer.answers();
    expect(others).toEqual([]);
    expect(answer?.acknowledgment).toBe(1_002_001);
    expect(answer?.options.slice(-12)).toEqual(timestamps(now, 5_100));
  });

  it('leave room for themselves in data, and for three blocks beside them', async () => {
    await open([...SACK_PERMITTED, ...timestamps(5_000, 0)], timestamps(5_050, 0));
    server.write(Buffer.alloc(3_000));
    const data = await peer.answers();
    peer.send(ACK, 1, first + 3_000, timestamps(5_060, 0));
    expect(data.slice(0, 2).map(({ length, options }) => length + options.length)).toEqual([1_360, 1_360]);
    for (const offset of [2_001, 4_001, 6_001, 8_001]) {
      peer.send(ACK, offset, first, timestamps(5_100, 0), 1_000);
    }
    const [answer] = await peer.answers();
    // NOP, NOP, kind 5: two edges of four bytes for each block.
    expect(answer?.options.slice(0, 4)).toEqual([1, 1, 5, 2 + 3 * 8]);
    expect(answer?.options.length).toBe(40);
  });

  it('are left out where the other side has not asked for them, and in a reset', async () => {
    const answer = await open([], timestamps(5_050, 0));
    expect(answer.options).not.toContain(8);
    peer.send(ACK, 1, first, timestamps(5_100, 0), 1_000);
    expect((await peer.answers()).map(({ options }) => options)).toEqual([[]]);
    server.resetAndDestroy();
    expect(await peer.answers()).toMatchObject([{ flags: RST | ACK, options: [] }]);
  });
});
