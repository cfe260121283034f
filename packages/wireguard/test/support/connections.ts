import type { TcpStream } from '../../src/tcp/stream.js';
import { type Pair, RIGHT } from './pair.js';

/** What became of `promise`, once virtual time has let it become something. */
export async function settled<T>(pair: Pair, promise: Promise<T>, limitMs = 200_000): Promise<T> {
  let done = false;
  promise.then(
    () => (done = true),
    () => (done = true),
  );
  await pair.clock.until(() => done, limitMs);
  return promise;
}

/** Connects from left to right. */
export async function dial(pair: Pair, port: number, address = RIGHT): Promise<TcpStream> {
  const stream = await settled(pair, pair.left.network.connect({ address, port }));
  stream.on('error', () => undefined);
  return stream;
}

/** A connection from left to right, and its other end. */
export async function connection(pair: Pair): Promise<{ client: TcpStream; server: TcpStream }> {
  let server: TcpStream | undefined;
  const stop = pair.right.network.listen({ port: 7 }, (incoming) => {
    server = incoming.accept();
    server.on('error', () => undefined);
  });
  const client = await dial(pair, 7);
  await pair.clock.until(() => server !== undefined && !server.connecting, 10_000);
  stop();
  return { client, server: server as TcpStream };
}
