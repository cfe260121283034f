import type { TcpStream } from '../../src/tcp/stream.js';
import { createFlow, fillChecksum, HEADER_BYTES, Protocol } from '../../src/ip/packet.js';
import { Flag, TCP_HEADER_BYTES } from '../../src/tcp/segment.js';
import { createPair, type Pair, RIGHT, type Side } from '../support/pair.js';
import type { PathFaults } from '../support/faulty-path.js';
import { digest, receive, type Received, testData } from '../support/transfer.js';

/** Set to more for a longer run. */
const MEGABYTES = Number(process.env['SINDRI_MEGABYTES'] ?? 10);

async function connect(pair: Pair, port = 7): Promise<TcpStream> {
  let stream: TcpStream | undefined;
  let failure: unknown;
  void pair.left.network.connect({ address: RIGHT, port, timeoutMs: 60_000 }).then(
    (connected) => (stream = connected),
    (error: unknown) => (failure = error),
  );
  await pair.clock.until(() => stream !== undefined || failure !== undefined, 120_000);
  if (stream === undefined) throw failure;
  return stream;
}

/** Sends `size` bytes each way at the same time. */
async function exchange(pair: Pair, size: number): Promise<{ milliseconds: number; stream: TcpStream }> {
  const down = testData(size, 11);
  const up = testData(size, 13);
  let atServer: Received | undefined;
  pair.right.network.listen({ port: 7 }, (incoming) => {
    const server = incoming.accept();
    atServer = receive(server);
    server.end(down);
  });
  const stream = await connect(pair);
  const atClient = receive(stream);
  const begin = pair.clock.now();
  stream.end(up);
  await pair.clock.until(() => atClient.isClosed && atServer?.isClosed === true, 600_000);
  expect(atClient.error).toBeUndefined();
  expect(atServer?.error).toBeUndefined();
  expect(atClient.digest).toBe(digest(down));
  expect(atServer?.digest).toBe(digest(up));
  return { milliseconds: pair.clock.now() - begin, stream };
}

const paths: [string, PathFaults, number][] = [
  ['is perfect', { delayMs: 10 }, 1_000_000],
  ['loses 1 %', { delayMs: 10, loss: 0.01 }, 1_000_000],
  ['loses 5 %', { delayMs: 10, loss: 0.05 }, 500_000],
  ['loses 10 %', { delayMs: 10, loss: 0.1 }, 300_000],
  ['duplicates 10 %', { delayMs: 10, duplication: 0.1 }, 500_000],
  ['reorders 10 %', { delayMs: 10, reordering: 0.1, reorderMs: 7 }, 500_000],
  [
    'is far away and does a little of everything',
    { delayMs: 150, loss: 0.01, duplication: 0.01, reordering: 0.03 },
    500_000,
  ],
  ['does all of it', { delayMs: 10, loss: 0.05, duplication: 0.05, reordering: 0.1, reorderMs: 15 }, 300_000],
];

describe('data arrives whole in both directions when the path', () => {
  it.each(paths)('%s', async (_name, faults, size) => {
    const pair = createPair({ faults, seed: 42 });
    const { milliseconds, stream } = await exchange(pair, size);
    if (process.env['SINDRI_SHOW'] === '1') console.log(_name, milliseconds, stream.statistics);
    pair.close();
  });
});

/** Makes every SYN that comes in one without an option, as from an old host. */
function withoutOption(side: Side, kind: number): void {
  const input = side.network.input.bind(side.network);
  jest.spyOn(side.network, 'input').mockImplementation((packet) => {
    if (packet[6] === Protocol.tcp && ((packet[HEADER_BYTES + 13] as number) & Flag.syn) !== 0) strip(packet, kind);
    input(packet);
  });
}

function strip(packet: Buffer, kind: number): void {
  for (let at = HEADER_BYTES + TCP_HEADER_BYTES; at < packet.length;) {
    const length = packet[at] === 1 ? 1 : (packet[at + 1] as number);
    if (packet[at] === kind) packet.fill(1, at, at + length);
    at += length;
  }
  const payloadBytes = packet.length - HEADER_BYTES;
  packet.writeUInt16BE(0, HEADER_BYTES + 16);
  const flow = createFlow(packet.subarray(8, 24), packet.subarray(24, 40), Protocol.tcp);
  fillChecksum(packet, flow, payloadBytes, HEADER_BYTES + 16);
}

describe('data arrives whole when the other side knows no', () => {
  it.each([
    ['selective acknowledgments, at 1 % loss', 4, 0.01],
    ['selective acknowledgments, at 5 % loss', 4, 0.05],
    ['window scaling, at 2 % loss', 3, 0.02],
    ['maximum segment size, at 2 % loss', 2, 0.02],
  ])('%s', async (_name, kind, loss) => {
    const pair = createPair({ faults: { delayMs: 10, loss }, seed: 5 });
    withoutOption(pair.left, kind);
    withoutOption(pair.right, kind);
    const { milliseconds } = await exchange(pair, 300_000);
    // Mostly by fast retransmit: timeouts alone would take far longer.
    expect(milliseconds).toBeLessThan(8_000);
    pair.close();
  });
});

test(`${MEGABYTES} MB arrive whole both ways over a path that does a little of everything`, async () => {
  const pair = createPair({ faults: { delayMs: 5, loss: 0.002, duplication: 0.01, reordering: 0.01, reorderMs: 2 } });
  await exchange(pair, MEGABYTES * 1_000_000);
  pair.close();
});
