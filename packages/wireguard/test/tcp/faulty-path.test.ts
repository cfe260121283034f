import type { TcpStream } from '../../src/tcp/stream.js';
import { createPair, type Pair, RIGHT } from '../support/pair.js';
import type { PathFaults } from '../support/faulty-path.js';
import { digest, receive, type Received, testData } from '../support/transfer.js';

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
