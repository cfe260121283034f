import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { HTTP_LIMITS, startHttpServer, type HttpLimits, type HttpServer } from '../src/http-server.js';

let server: HttpServer;
let seen: string[];
const sockets: Socket[] = [];
const start = async (limits: Partial<HttpLimits> = {}): Promise<void> => {
  seen = [];
  server = await startHttpServer(
    0,
    async (request) => {
      seen.push(`${request.method} ${request.path} ${request.body.length}`);
      return { response: { status: 200, body: { ok: true } }, sent: () => undefined };
    },
    { ...HTTP_LIMITS, ...limits },
  );
};
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
});

/** A connection; `text` resolves with all it got when it is closed. */
function dial(): { socket: Socket; text: Promise<string> } {
  const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
  sockets.push(socket);
  let got = '';
  socket.on('data', (chunk) => (got += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.once('end', () => socket.end());
  return { socket, text: once(socket, 'close').then(() => got) };
}
const url = () => `http://127.0.0.1:${server.port}/x`;

test('a body that is too long is 413, whether its length was told or not, and the next request is served', async () => {
  await start({ bodyBytes: 100_000 });
  const big = 'x'.repeat(5_000_000);
  const told = await fetch(url(), { method: 'POST', body: big });
  expect([told.status, await told.json()]).toEqual([413, { error: 'request body too large' }]);
  const stream = new ReadableStream({ start: (c) => (c.enqueue(Buffer.from(big)), c.close()) });
  const untold = await fetch(url(), { method: 'POST', body: stream, duplex: 'half' } as RequestInit);
  expect(untold.status).toBe(413);
  expect((await fetch(url(), { method: 'POST', body: 'x'.repeat(100_000) })).status).toBe(200);
  expect(seen).toEqual(['POST /x 100000']);
});

test('all bodies together are limited', async () => {
  await start({ bodyBytes: 1000, allBodiesBytes: 1500 });
  const first = dial();
  first.socket.write(`POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n${'x'.repeat(900)}`);
  const again = async (): Promise<number> => (await fetch(url(), { method: 'POST', body: 'x'.repeat(800) })).status;
  while ((await again()) !== 503);
  first.socket.destroy();
  await first.text;
  while ((await again()) !== 200);
});

test.each([
  ['nothing at all', ''],
  ['headers without an end', 'GET /x HTTP/1.1\r\nhost: a\r\n'],
])('a connection that sends %s is closed after a while', async (_what, text) => {
  await start({ headersMs: 100 });
  const { socket, text: answer } = dial();
  socket.write(text);
  expect(await answer).toMatch(/^HTTP\/1.1 408 /);
});

test('a body that does not come is not waited for for ever', async () => {
  await start({ headersMs: 100, requestMs: 200 });
  const { socket, text } = dial();
  socket.write('POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nx');
  expect(await text).toMatch(/^HTTP\/1.1 408 /);
  expect(seen).toEqual([]);
});

test('a connection that is kept open is closed after a while, one that is half closed at once', async () => {
  await start({ keepAliveMs: 50 });
  const idle = dial();
  idle.socket.write('GET /x HTTP/1.1\r\nhost: a\r\n\r\n');
  expect(await idle.text).toMatch(/^HTTP\/1.1 200 /);
  const half = dial();
  half.socket.end();
  expect(await half.text).toBe('');
});

test('connections above the limit are closed', async () => {
  await start({ connections: 2 });
  const [one, two] = [dial(), dial()];
  await Promise.all([once(one.socket, 'connect'), once(two.socket, 'connect')]);
  expect(await dial().text).toBe('');
  one.socket.destroy();
  while ((await fetch(url()).catch(() => null)) === null);
});

test.each(['//', '//evil.example/x', 'http://[', '/%', '*'])('the target %s does no harm', async (target) => {
  await start();
  const { socket, text } = dial();
  socket.write(`GET ${target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
  expect(await text).toMatch(/^HTTP\/1.1 (200|400) /);
});
