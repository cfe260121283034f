import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as send, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startRecordingProxy, type RecordingProxy } from '../../src/index.js';

/** A platform that counts what it was asked for, and lets connections be taken over. */
class Platform {
  readonly asked: string[] = [];
  readonly server: Server = createServer((incoming, outgoing) => {
    this.asked.push(`${incoming.method} ${incoming.url}`);
    let body = '';
    incoming.on('data', (chunk) => (body += String(chunk)));
    incoming.on('end', () => {
      outgoing.writeHead(201, { 'x-platform': 'yes' });
      outgoing.end(`got ${body}`);
    });
  }).on('upgrade', (_incoming, socket) => {
    socket.write('HTTP/1.1 101 UPGRADED\r\nconnection: Upgrade\r\nupgrade: tcp\r\n\r\n');
    socket.pipe(socket);
  });
}

/** Where it listens, and how a client gets there. */
type Where = { port: number } | { socketPath: string };

interface Answer {
  status: number | undefined;
  body: string;
  header: unknown;
}

async function ask(where: Where, method: string, url: string, body?: string): Promise<Answer> {
  const sent = send({ ...where, host: '127.0.0.1', method, path: url, agent: false });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  return { status: answer.statusCode, body: text, header: answer.headers['x-platform'] };
}

describe.each(['port', 'socket'] as const)('a recording proxy at a %s', (kind) => {
  let directory: string;
  let platform: Platform;
  let proxy: RecordingProxy;
  let where: Where;

  beforeEach(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'sindri-proxy-'));
    platform = new Platform();
    const inside = path.join(directory, 'platform.sock');
    platform.server.listen(kind === 'port' ? { port: 0, host: '127.0.0.1' } : { path: inside });
    await once(platform.server, 'listening');
    const target = kind === 'port' ? { port: (platform.server.address() as AddressInfo).port } : { socketPath: inside };
    const listen = kind === 'port' ? {} : { listen: { socketPath: path.join(directory, 'proxy.sock') } };
    proxy = await startRecordingProxy({ target, ...listen });
    where = proxy.socketPath === null ? { port: proxy.port as number } : { socketPath: proxy.socketPath };
  });

  afterEach(async () => {
    await proxy.close();
    platform.server.closeAllConnections();
    platform.server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test('passes requests on and records them', async () => {
    expect(await ask(where, 'POST', '/things?a=1', 'hello')).toEqual({ status: 201, body: 'got hello', header: 'yes' });
    await ask(where, 'GET', '/things');
    expect(proxy.rig.requests()).toEqual([
      { description: 'POST /things?a=1', writes: true },
      { description: 'GET /things', writes: false },
    ]);
    expect(proxy.url).toMatch(kind === 'port' ? /^http:\/\/127\.0\.0\.1:\d+$/ : /^unix:.*proxy\.sock$/);
  });

  test('passes on connections that are taken over', async () => {
    const sent = send({ ...where, host: '127.0.0.1', method: 'POST', path: '/exec', agent: false });
    sent.setHeader('connection', 'Upgrade').setHeader('upgrade', 'tcp');
    sent.end();
    const [answer, socket] = await once(sent, 'upgrade');
    expect(answer.statusCode).toBe(101);
    socket.write('are you there?');
    const [echo] = await once(socket, 'data');
    expect(String(echo)).toBe('are you there?');
    socket.destroy();
    expect(proxy.rig.requests()).toEqual([{ description: 'POST /exec', writes: true }]);
  });

  test('fails every read, and no write, until it is told to stop', async () => {
    const repair = proxy.rig.failReads();
    expect((await ask(where, 'GET', '/things')).status).toBe(503);
    expect((await ask(where, 'GET', '/things')).status).toBe(503);
    expect((await ask(where, 'POST', '/things')).status).toBe(201);
    repair();
    expect((await ask(where, 'GET', '/things')).status).toBe(201);
    expect(platform.asked).toEqual(['POST /things', 'GET /things']);
  });

  test('aborts once so many writes were committed, and loses the answer of the last', async () => {
    const signal = proxy.rig.interruptAfter(2);
    await ask(where, 'POST', '/one');
    await ask(where, 'GET', '/between');
    expect(signal.aborted).toBe(false);
    await expect(ask(where, 'DELETE', '/two')).rejects.toThrow();
    expect(signal.aborted).toBe(true);
    expect(platform.asked).toEqual(['POST /one', 'GET /between', 'DELETE /two']);
    // Once.
    expect((await ask(where, 'POST', '/three')).status).toBe(201);
  });

  test('fails the nth request that matches, in the way that is wanted', async () => {
    const posts = ({ method }: { method: string }): boolean => method === 'POST';
    proxy.fail({
      fault: { kind: 'status', status: 429, body: 'slower', headers: { 'retry-after': '1' } },
      nth: 2,
      match: posts,
    });
    proxy.fail({ fault: { kind: 'cut-before' }, nth: 3, match: posts });
    proxy.fail({ fault: { kind: 'cut-after' }, nth: 4, match: posts });
    expect((await ask(where, 'POST', '/1')).status).toBe(201);
    expect((await ask(where, 'GET', '/uncounted')).status).toBe(201);
    expect(await ask(where, 'POST', '/2')).toMatchObject({ status: 429, body: 'slower' });
    await expect(ask(where, 'POST', '/3')).rejects.toThrow();
    await expect(ask(where, 'POST', '/4')).rejects.toThrow();
    expect((await ask(where, 'POST', '/5')).status).toBe(201);
    // What was cut after is done, what was cut before is not.
    expect(platform.asked).toEqual(['POST /1', 'GET /uncounted', 'POST /4', 'POST /5']);
  });
});

test('a platform that is not there is a broken connection', async () => {
  const closed = createServer();
  closed.listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  const proxy = await startRecordingProxy({ target: { port } });
  await expect(ask({ port: proxy.port as number }, 'GET', '/')).rejects.toThrow();
  await proxy.close();
});
