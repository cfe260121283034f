import { once } from 'node:events';
import { createServer, request as sendRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Rig, RigRequest } from '../subject.js';
import { createFaultDesk, type FaultPlan, type ProxiedRequest, type ProxyFault } from './proxy-fault.js';

/** Where something listens: a port of this computer, or a unix socket. */
export type ProxyAddress = { host?: string; port: number } | { socketPath: string };

/** What is between the provider and its platform. */
export interface ProxyOptions {
  /** The platform's API, plain HTTP. */
  target: ProxyAddress;
  /** Where the proxy listens. Default: a free port of 127.0.0.1. */
  listen?: ProxyAddress;
  /** Whether a request can change something. Default: every method but GET, HEAD and OPTIONS. */
  isWrite?(request: ProxiedRequest): boolean;
}

/**
 * An HTTP proxy that records every request and fails on demand. `requests`, `failReads` and `interruptAfter` are the members
 * of a {@link Rig}: `return { ...proxy.rig, env: { MY_API_URL: proxy.url } }`.
 */
export interface RecordingProxy {
  /** `http://127.0.0.1:4711`; for a unix socket `unix:/path`. */
  readonly url: string;
  readonly port: number | null;
  readonly socketPath: string | null;
  /** The doors of a rig that it opens. */
  readonly rig: Required<Pick<Rig, 'requests' | 'failReads' | 'interruptAfter'>>;
  /** Lets a request fail; returns what takes it back. */
  fail(plan: FaultPlan): () => void;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

const OUTAGE: ProxyFault = { kind: 'status', status: 503, body: '{"error":"the conformance kit has cut the power"}' };
/** A longer body of a request is passed on as it comes. */
const LARGEST_HELD = 1024 ** 2;
const READS = ['GET', 'HEAD', 'OPTIONS'];

/** Starts a proxy in front of a platform. Upgraded connections (`docker exec`, websockets) pass as they are. */
export async function startRecordingProxy(options: ProxyOptions): Promise<RecordingProxy> {
  const { target, listen = { host: '127.0.0.1', port: 0 }, isWrite = isWriting } = options;
  const requests: RigRequest[] = [];
  const desk = createFaultDesk();
  const sockets = new Set<Duplex>();
  let interruption: { left: number; controller: AbortController } | null = null;

  /** Records a request and decides what happens to it. */
  const receive = ({ method = 'GET', url: path = '/' }: IncomingMessage): { writes: boolean; fault?: ProxyFault } => {
    const request = { method, path };
    const writes = isWrite(request);
    requests.push({ description: `${method} ${path}`, writes });
    const fault = desk.faultFor(request);
    return { writes, ...(fault === undefined ? {} : { fault }) };
  };
  /** A write has been committed; whether its answer is lost. */
  const loses = (writes: boolean): boolean => {
    if (!writes || interruption === null || --interruption.left > 0) return false;
    interruption.controller.abort();
    interruption = null;
    return true;
  };
  const forward = ({ method, url, headers }: IncomingMessage): RequestOptions => ({
    ...('socketPath' in target ? target : { host: target.host ?? '127.0.0.1', port: target.port }),
    method,
    path: url,
    headers,
    agent: false,
  });

  const server = createServer((incoming, outgoing) => {
    const { writes, fault } = receive(incoming);
    const cut = (): void => void incoming.socket.destroy();
    if (fault?.kind === 'cut-before') return cut();
    if (fault?.kind === 'status') {
      incoming.resume();
      outgoing.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      return void outgoing.end(fault.body ?? '{}');
    }
    const sent = sendRequest(forward(incoming), (answer) => {
      if (loses(writes) || fault?.kind === 'cut-after') {
        answer.resume();
        return cut();
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.headers);
      // What is streamed (logs, progress) is not held back.
      outgoing.flushHeaders();
      answer.on('error', cut).pipe(outgoing);
    });
    sent.on('error', cut);
    outgoing.on('close', () => sent.destroy());
    const size = Number(incoming.headers['content-length'] ?? NaN);
    // In one piece where it is small: a platform that answers before it has read to the end would make the rest fail, and the answer with it.
    if (!(size <= LARGEST_HELD)) return void incoming.pipe(sent);
    buffer(incoming).then((body) => sent.end(body), cut);
  });
  server.on('upgrade', async (incoming: IncomingMessage, socket: Duplex, start: Buffer) => {
    const { writes, fault } = receive(incoming);
    socket.on('error', () => undefined);
    if (fault !== undefined) return void socket.destroy();
    const { body, head } = await takeBody(incoming, socket, start);
    const sent = sendRequest(forward(incoming));
    const cut = (): void => void socket.destroy();
    sent.on('error', cut);
    sent.on('response', (answer) => {
      // The platform does not want to.
      socket.end(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\nconnection: close\r\n\r\n`);
      answer.resume();
    });
    sent.on('upgrade', (answer, inner, first) => {
      if (loses(writes)) {
        inner.destroy();
        return cut();
      }
      track(inner);
      socket.write(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n${rawHeaders(answer)}\r\n`);
      inner.on('error', cut);
      socket.on('close', () => inner.destroy());
      inner.on('close', cut);
      socket.write(first);
      inner.write(head);
      inner.pipe(socket).pipe(inner);
    });
    sent.end(body);
  });
  server.on('connection', (socket: Socket) => track(socket));

  server.listen('socketPath' in listen ? listen.socketPath : { host: '127.0.0.1', ...listen });
  await once(server, 'listening');
  const address = server.address() as AddressInfo | string;
  const socketPath = typeof address === 'string' ? address : null;
  const port = typeof address === 'string' ? null : address.port;

  return {
    url: socketPath === null ? `http://127.0.0.1:${port}` : `unix:${socketPath}`,
    port,
    socketPath,
    rig: {
      requests: () => [...requests],
      failReads: () => desk.add({ fault: OUTAGE, times: Infinity, match: (request) => !isWrite(request) }),
      interruptAfter(writes) {
        interruption = { left: writes, controller: new AbortController() };
        return interruption.controller.signal;
      },
    },
    fail: (plan) => desk.add(plan),
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await closed;
    },
  };

  function track(socket: Duplex): void {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  }
}

/** What an upgrade brings along is left in its stream by Node: `docker exec` has its options there. Then comes what belongs to the other protocol. */
async function takeBody(
  { headers }: IncomingMessage,
  socket: Duplex,
  start: Buffer,
): Promise<{ body: Buffer; head: Buffer }> {
  const size = Number(headers['content-length'] ?? 0);
  let bytes = start;
  while (bytes.length < size && !socket.destroyed) {
    const chunk = socket.read() as Buffer | null;
    if (chunk !== null) bytes = Buffer.concat([bytes, chunk]);
    else await new Promise((resolve) => socket.once('readable', resolve).once('close', resolve));
  }
  return { body: bytes.subarray(0, size), head: bytes.subarray(size) };
}

function isWriting({ method }: ProxiedRequest): boolean {
  return !READS.includes(method);
}

function rawHeaders({ rawHeaders: raw }: IncomingMessage): string {
  let text = '';
  for (let index = 0; index < raw.length; index += 2) text += `${raw[index]}: ${raw[index + 1]}\r\n`;
  return text;
}
