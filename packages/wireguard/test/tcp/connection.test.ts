import type { IncomingConnection } from '../../src/tcp/layer.js';
import { connection, dial, settled } from '../support/connections.js';
import { createPair, LEFT, type Pair, RIGHT } from '../support/pair.js';
import { digest, receive, testData } from '../support/transfer.js';

describe('a TCP connection', () => {
  let pair: Pair;
  beforeEach(() => {
    pair = createPair({ faults: { delayMs: 10 } });
  });
  afterEach(() => pair.close());

  it('knows both its ends', async () => {
    const { client, server } = await connection(pair);
    expect(client).toMatchObject({ localAddress: LEFT, remoteAddress: RIGHT, remotePort: 7 });
    expect(server).toMatchObject({ localAddress: RIGHT, localPort: 7, remotePort: client.localPort });
  });

  it('is accepted at any address and port when the listener wants it so', async () => {
    const seen: string[] = [];
    pair.right.network.listen({}, (incoming) => {
      seen.push(`any ${incoming.localAddress} ${incoming.localPort}`);
      incoming.accept().on('error', () => undefined);
    });
    pair.right.network.listen({ port: 22 }, (incoming) => {
      seen.push(`22 ${incoming.localAddress}`);
      incoming.accept().on('error', () => undefined);
    });
    await dial(pair, 80, 'fdaa:0:2:a7b::9');
    await dial(pair, 22, 'fdaa:0:2:a7b::9');
    expect(seen).toEqual(['any fdaa:0:2:a7b::9 80', '22 fdaa:0:2:a7b::9']);
  });

  it('is refused where nobody listens, and where the listener refuses', async () => {
    await expect(dial(pair, 9)).rejects.toMatchObject({ code: 'ECONNREFUSED', address: RIGHT, port: 9 });
    pair.right.network.listen({ port: 10 }, (incoming) => incoming.refuse());
    await expect(dial(pair, 10)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      message: `[${RIGHT}]:10 refused the connection.`,
    });
    expect(pair.left.network.tcp.size + pair.right.network.tcp.size).toBe(0);
  });

  it('waits while the listener has not decided', async () => {
    let incoming: IncomingConnection | undefined;
    pair.right.network.listen({}, (offered) => (incoming = offered));
    const client = pair.left.network.connect({ address: RIGHT, port: 7 });
    await pair.clock.advance(5_000);
    incoming?.accept().on('error', () => undefined);
    const connected = await settled(pair, client);
    expect(connected.connecting).toBe(false);
    connected.on('error', () => undefined);
  });

  it('fails when nothing answers in time', async () => {
    pair.path.isCut = true;
    const client = pair.left.network.connect({ address: RIGHT, port: 7, timeoutMs: 3_000 });
    await expect(settled(pair, client)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    expect(pair.clock.now()).toBe(3_000);
    expect(pair.left.network.tcp.size).toBe(0);
  });

  it('can be given up while it is being made', async () => {
    const abort = new AbortController();
    const client = pair.left.network.connect({ address: RIGHT, port: 7, signal: abort.signal });
    abort.abort(new Error('no more'));
    await expect(client).rejects.toThrow('no more');
    expect(pair.left.network.tcp.size).toBe(0);
  });

  it('is half closed by its client and still answered', async () => {
    const { client, server } = await connection(pair);
    const [atClient, atServer] = [receive(client), receive(server)];
    client.end('question');
    await pair.clock.advance(1_000);
    expect(atServer).toMatchObject({ text: 'question', hasEnded: true });
    server.write('answer ');
    await pair.clock.advance(30_000);
    server.end('in two parts');
    await pair.clock.advance(1_000);
    expect(atClient).toMatchObject({ text: 'answer in two parts', hasEnded: true, isClosed: true, error: undefined });
    expect(atServer).toMatchObject({ isClosed: true, error: undefined });
  });

  it('finishes only when the other side has everything', async () => {
    const { client, server } = await connection(pair);
    const atServer = receive(server);
    let bytesAtFinish = -1;
    client.on('finish', () => (bytesAtFinish = atServer.bytes));
    client.end(testData(200_000));
    await pair.clock.until(() => bytesAtFinish >= 0, 10_000);
    expect(bytesAtFinish).toBe(200_000);
  });

  it('may be closed by both sides at once', async () => {
    const { client, server } = await connection(pair);
    const [atClient, atServer] = [receive(client), receive(server)];
    client.end('a');
    server.end('b');
    await pair.clock.advance(1_000);
    expect(atClient).toMatchObject({ text: 'b', isClosed: true, error: undefined });
    expect(atServer).toMatchObject({ text: 'a', isClosed: true, error: undefined });
    await pair.clock.advance(2_000);
    expect(pair.left.network.tcp.size + pair.right.network.tcp.size).toBe(0);
  });

  it('tells of a reset', async () => {
    const { client, server } = await connection(pair);
    const atServer = receive(server);
    client.resetAndDestroy();
    await pair.clock.advance(100);
    expect(atServer.error).toMatchObject({ code: 'ECONNRESET' });
    expect(atServer.isClosed).toBe(true);
    expect(pair.left.network.tcp.size + pair.right.network.tcp.size).toBe(0);
  });

  it('delivers what was written before it was destroyed', async () => {
    const { client, server } = await connection(pair);
    const atServer = receive(server);
    client.write(testData(100_000));
    client.destroy();
    await pair.clock.advance(2_000);
    expect(atServer).toMatchObject({ bytes: 100_000, hasEnded: true, error: undefined });
  });

  it('is reset when it is destroyed with an error or with unread data', async () => {
    for (const error of [undefined, new Error('broken')]) {
      const { client, server } = await connection(pair);
      const atServer = receive(server);
      client.on('error', () => undefined);
      if (error === undefined) server.write('unread');
      await pair.clock.advance(100);
      client.destroy(error);
      await pair.clock.advance(100);
      expect(atServer.error).toMatchObject({ code: 'ECONNRESET' });
    }
  });

  it('resets whoever goes on sending after it has been destroyed', async () => {
    const { client, server } = await connection(pair);
    const atServer = receive(server);
    client.destroy();
    await pair.clock.advance(100);
    expect(atServer.hasEnded).toBe(true);
    server.write('more');
    await pair.clock.advance(100);
    expect(atServer.error).toMatchObject({ code: 'ECONNRESET' });
  });

  it('slows a writer down when nobody reads, and goes on when somebody does', async () => {
    const { client, server } = await connection(pair);
    const data = testData(3_000_000);
    let accepted = 0;
    const write = (): void => {
      while (accepted < data.length) {
        const chunk = data.subarray(accepted, accepted + 16_384);
        accepted += chunk.length;
        if (!client.write(chunk)) {
          client.once('drain', write);
          return;
        }
      }
      client.end();
    };
    write();
    await pair.clock.advance(60_000);
    const stuckAt = accepted;
    expect(stuckAt).toBeLessThan(1_500_000);
    expect(server.bytesRead).toBeLessThan(700_000);
    // An hour with a closed window: it is asked for it, and neither side gives up.
    const { sent } = pair.path;
    await pair.clock.advance(3_600_000);
    expect(accepted).toBe(stuckAt);
    expect(pair.path.sent - sent).toBeLessThan(2_000);
    const atServer = receive(server);
    await pair.clock.until(() => atServer.hasEnded, 60_000);
    expect(atServer.digest).toBe(digest(data));
  });

  it('learns of a window that opened while the news of it was lost', async () => {
    const { client, server } = await connection(pair);
    const data = testData(1_000_000);
    client.end(data);
    await pair.clock.advance(10_000);
    pair.path.isCut = true;
    const atServer = receive(server);
    await pair.clock.advance(3_000);
    pair.path.isCut = false;
    await pair.clock.until(() => atServer.hasEnded, 20_000);
    expect(atServer.digest).toBe(digest(data));
  });

  it('survives thirty seconds without a path, and goes on as soon as there is one', async () => {
    const { client, server } = await connection(pair);
    const atServer = receive(server);
    const data = testData(2_000_000);
    client.end(data);
    await pair.clock.advance(60);
    expect(atServer.bytes).toBeGreaterThan(0);
    pair.path.isCut = true;
    await pair.clock.advance(30_000);
    const before = atServer.bytes;
    expect(before).toBeLessThan(data.length);
    pair.path.isCut = false;
    // The handshake that is tried every five seconds finds the path; the retransmission must not wait for its own timer.
    await pair.clock.until(() => atServer.bytes > before, 6_500);
    await pair.clock.until(() => atServer.hasEnded, 60_000);
    expect(atServer.digest).toBe(digest(data));
  });

  it('notices with keepalive that the other side is gone', async () => {
    const { client } = await connection(pair);
    const atClient = receive(client);
    client.setKeepAlive(true, 10_000);
    await pair.clock.advance(600_000);
    expect(atClient.error).toBeUndefined();
    pair.path.isCut = true;
    await pair.clock.until(() => atClient.isClosed, 300_000);
    expect(atClient.error).toMatchObject({ code: 'ETIMEDOUT' });
  });

  it('gives up after a quarter of an hour without an acknowledgment', async () => {
    const { client } = await connection(pair);
    const atClient = receive(client);
    pair.path.isCut = true;
    client.write('anybody there?');
    const begin = pair.clock.now();
    await pair.clock.until(() => atClient.isClosed, 1_200_000);
    expect(atClient.error).toMatchObject({ code: 'ETIMEDOUT' });
    expect(pair.clock.now() - begin).toBeGreaterThanOrEqual(900_000);
  });

  it('fails when the tunnel is closed, and the other side is told', async () => {
    const { client, server } = await connection(pair);
    const atClient = receive(client);
    const atServer = receive(server);
    pair.left.network.close();
    await pair.clock.advance(1);
    expect(atClient.error).toMatchObject({ code: 'ENETDOWN' });
    await pair.clock.until(() => atServer.isClosed, 1_000);
    expect(atServer.error).toMatchObject({ code: 'ECONNRESET' });
  });

  it('answers a request in one round trip, and never delays small writes', async () => {
    const { client, server } = await connection(pair);
    server.on('data', (data: Buffer) => server.write(data));
    const atClient = receive(client);
    const begin = pair.clock.now();
    for (let count = 1; count <= 50; count += 1) {
      client.write('x');
      await pair.clock.until(() => atClient.bytes === count, 1_000);
    }
    expect(pair.clock.now() - begin).toBe(50 * 20);
  });

  it('acknowledges a short question with the answer to it, or soon without one, and a full segment at once', async () => {
    const { client, server } = await connection(pair);
    await pair.clock.advance(100);
    const arrivals: number[] = [];
    const { receiveLeft } = pair.path;
    pair.path.receiveLeft = (datagram, from) => {
      arrivals.push(pair.clock.now() - asked);
      receiveLeft(datagram, from);
    };
    let asked = pair.clock.now();
    const heard = async (question: string | Buffer): Promise<number[]> => {
      asked = pair.clock.now();
      client.write(question);
      await pair.clock.advance(30);
      return arrivals.splice(0);
    };
    client.resume();
    server.once('data', () => void pair.clock.setTimer(() => server.write('yes'), 2));
    expect(await heard('up?')).toEqual([22]);
    server.resume();
    expect(await heard('no answer?')).toEqual([24]);
    expect(await heard(Buffer.alloc(1_360))).toEqual([20]);
  });

  it('gives a late reader everything, long after both sides have closed', async () => {
    for (const first of ['client', 'server'] as const) {
      const { client, server } = await connection(pair);
      const [writer, reader] = first === 'client' ? [client, server] : [server, client];
      const atWriter = receive(writer);
      writer.end(testData(150_000));
      await pair.clock.advance(1_000);
      reader.end('bye');
      await pair.clock.advance(120_000);
      expect(atWriter).toMatchObject({ text: 'bye', isClosed: true, error: undefined });
      const late = receive(reader);
      await pair.clock.advance(10);
      expect(late).toMatchObject({ bytes: 150_000, hasEnded: true, isClosed: true, error: undefined });
    }
  });

  it('may use its ports again at once, while the other side still waits', async () => {
    pair.right.network.listen({ port: 7 }, (incoming) => {
      const server = incoming.accept();
      server.on('error', () => undefined);
      server.on('data', () => undefined);
      server.end();
    });
    const first = await dial(pair, 7);
    first.on('data', () => undefined);
    const { localPort } = first;
    await pair.clock.advance(100);
    // The right side has ended first, and waits now.
    first.end();
    await pair.clock.advance(100);
    const states = (): number => pair.right.network.tcp.size;
    expect(states()).toBe(1);
    const raw = pair.left.network.tcp.size;
    expect(raw).toBe(0);
    jest.spyOn(pair.left.network.tcp as unknown as { freePort(): number }, 'freePort').mockReturnValue(localPort);
    const second = await dial(pair, 7);
    expect(second.localPort).toBe(localPort);
    expect(second.connecting).toBe(false);
  });

  it('leaves nothing behind', async () => {
    const { client, server } = await connection(pair);
    receive(client);
    receive(server);
    client.end('x');
    server.end('y');
    await pair.clock.advance(10_000);
    expect(pair.left.network.tcp.size + pair.right.network.tcp.size).toBe(0);
  });
});
