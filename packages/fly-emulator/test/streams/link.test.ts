import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { Readable, Writable, type Duplex } from 'node:stream';
import { joinStreams } from '../../src/streams/join-streams.js';
import { createLink, createLinkGate } from '../../src/streams/link.js';

/** Everything until the end; leaves the stream open the other way. */
async function text(stream: Duplex): Promise<string> {
  let all = '';
  stream.on('data', (chunk) => (all += String(chunk)));
  await once(stream, 'end');
  return all;
}

test('bytes go both ways, ends are apart', async () => {
  const [left, right] = createLink();
  left.end('to the right');
  expect(await text(right)).toBe('to the right');
  right.end('to the left');
  expect(await text(left)).toBe('to the left');
});

test('megabytes arrive unchanged through a slow reader', async () => {
  const [left, right] = createLink();
  const data = randomBytes(3_000_000);
  const hash = createHash('sha256');
  const slow = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      setImmediate(done);
    },
  });
  left.end(data);
  await pipeline(right, slow);
  expect(hash.digest('hex')).toBe(createHash('sha256').update(data).digest('hex'));
});

test('a writer is held back while nobody reads', async () => {
  const [left, right] = createLink();
  while (left.write(Buffer.alloc(16 * 1024)));
  let drained = false;
  left.once('drain', () => (drained = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(drained).toBe(false);
  right.resume();
  await once(left, 'drain');
});

test('a frozen gate holds everything back, in order, until it opens', async () => {
  const gate = createLinkGate();
  const [left, right] = createLink(gate);
  let got = '';
  right.on('data', (chunk) => (got += String(chunk)));
  gate.freeze();
  left.write('a');
  left.write('b');
  left.end('c');
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(got).toBe('');
  gate.thaw();
  await once(right, 'end');
  expect(got).toBe('abc');
});

test('destroying one end breaks the other, and later writes fail', async () => {
  const [left, right] = createLink();
  left.on('error', () => {});
  right.destroy();
  await once(left, 'close');
  expect(left.destroyed).toBe(true);
});

describe('joined streams', () => {
  test('carry both ways, end each way apart, and tell when all is over', async () => {
    const [client, edge] = createLink();
    const [machine, inside] = createLink();
    const closed = new Promise<void>((resolve) => joinStreams(edge, machine, resolve));
    inside.end('answer');
    expect(await text(client)).toBe('answer');
    client.end('question');
    expect(await text(inside)).toBe('question');
    await closed;
  });

  test('a broken side breaks the other', async () => {
    const [client, edge] = createLink();
    const [machine, inside] = createLink();
    const closed = new Promise<void>((resolve) => joinStreams(edge, machine, resolve));
    client.destroy();
    await once(inside, 'close');
    await closed;
  });

  test('what one side sent before it left is still delivered', async () => {
    const [client, edge] = createLink();
    const [machine, inside] = createLink();
    joinStreams(edge, machine);
    const all = text(client);
    Readable.from([Buffer.alloc(500_000, 'x')]).pipe(inside);
    client.end();
    expect((await all).length).toBe(500_000);
  });
});
