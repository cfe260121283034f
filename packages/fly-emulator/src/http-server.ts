import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBodyReader, type BodyReader } from './request-body.js';
import type { ApiRequest, ApiResponse } from './rest/http.js';

/** What to do with one request: an answer, or `null` to break the connection without one. */
export type Exchange = (request: ApiRequest) => Promise<{ response: ApiResponse | null; sent(): Promise<void> | void }>;

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** How much, how many and how long; times in milliseconds. */
export interface HttpLimits {
  /** Bytes of one body. Config files of a few megabytes travel inside machine configs. A longer one is 413. */
  bodyBytes: number;
  /** Bytes of all bodies that are being received. A request beyond that is 503. */
  allBodiesBytes: number;
  /** Connections at once; further ones are closed at once. */
  connections: number;
  /** From the connection, or the first byte of a request, to the end of its headers. */
  headersMs: number;
  /** To the end of its body. */
  requestMs: number;
  /** An open connection between two requests. */
  keepAliveMs: number;
  /** A connection on which nothing moves although a request is being answered. Waits take up to a minute, faults may take longer. */
  silenceMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  bodyBytes: 16 * 1024 * 1024,
  allBodiesBytes: 128 * 1024 * 1024,
  connections: 1024,
  headersMs: 10_000,
  requestMs: 60_000,
  keepAliveMs: 60_000,
  silenceMs: 600_000,
};

/** Carries requests and answers between sockets and `exchange`. Listens on 127.0.0.1 only. */
export async function startHttpServer(
  port: number,
  exchange: Exchange,
  limits: HttpLimits = HTTP_LIMITS,
): Promise<HttpServer> {
  const stopping = new AbortController();
  const checkMs = Math.min(limits.headersMs / 4, 5000);
  const bodies = createBodyReader(limits.bodyBytes, limits.allBodiesBytes);
  const server = createServer({ connectionsCheckingInterval: checkMs }, (incoming, outgoing) => {
    void serve(incoming, outgoing, { exchange, bodies, stopping: stopping.signal }).catch((error: unknown) => {
      // A bug of the emulator: the client gets a 500, and whoever runs it the stack.
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.emitWarning(text, 'EmulatorError');
      if (!outgoing.headersSent && !stopping.signal.aborted) {
        outgoing.writeHead(500, { 'content-type': 'application/json' });
        outgoing.end(JSON.stringify({ error: 'internal: the emulator failed' }));
      } else outgoing.destroy();
    });
  });
  server.headersTimeout = limits.headersMs;
  // Only until the request has come; its answer may take longer.
  server.requestTimeout = limits.requestMs;
  server.keepAliveTimeout = limits.keepAliveMs;
  server.timeout = limits.silenceMs;
  server.maxConnections = limits.connections;
  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      stopping.abort(new Error('the emulator is stopping'));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { exchange, bodies, stopping }: { exchange: Exchange; bodies: BodyReader; stopping: AbortSignal },
): Promise<void> {
  const gone = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort(new ClientGone());
  });
  const url = parseTarget(incoming.url ?? '/');
  if (url === null) return refuse(incoming, outgoing, 400, 'invalid request target');
  const read = await bodies.read(incoming).catch((error: unknown) => {
    if (gone.signal.aborted || incoming.destroyed) return undefined;
    throw error;
  });
  if (read === undefined) return;
  if (typeof read !== 'object') return refuse(incoming, outgoing, read, BODY_REFUSALS[read]);
  const { body } = read;
  const request: ApiRequest = {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: flatHeaders(incoming),
    body,
    signal: AbortSignal.any([gone.signal, stopping]),
    ...peerOf(incoming),
  };
  const { response, sent } = await exchange(request).catch((error: unknown) => {
    // A client that left in the middle of a wait is nobody's failure.
    if (gone.signal.aborted || stopping.aborted) return { response: null, sent: () => undefined };
    throw error;
  });
  if (response === null) outgoing.destroy();
  else await send(outgoing, response, request.method === 'HEAD');
  await sent();
}

function peerOf({ socket }: IncomingMessage): Pick<ApiRequest, 'peer'> {
  const { remoteAddress: address, remotePort: port, localPort: ownPort } = socket;
  if (address === undefined || port === undefined || ownPort === undefined) return {};
  return { peer: { address, port, ownPort } };
}

class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

const BODY_REFUSALS = { 413: 'request body too large', 503: 'unavailable: too many large requests at once' };

/** Answers without having read the body, and lets go of the connection: what follows on it belongs to that body. */
async function refuse(incoming: IncomingMessage, outgoing: ServerResponse, status: number, error: string) {
  await send(outgoing, { status, body: { error }, headers: { connection: 'close' } }, incoming.method === 'HEAD');
  // A client that writes before it reads sees the answer only when its bytes are taken from it, within limits.
  incoming.on('error', () => undefined);
  incoming.resume();
  const letGo = setTimeout(() => incoming.destroy(), LINGER_MS);
  incoming.once('close', () => clearTimeout(letGo));
}

const LINGER_MS = 1000;

/** `null` for what is no target of a request, as `GET http://[ HTTP/1.1`. */
function parseTarget(target: string): URL | null {
  const text = target.startsWith('/') ? `http://127.0.0.1${target}` : target;
  return URL.canParse(text) ? new URL(text) : null;
}

function flatHeaders(incoming: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

function send(outgoing: ServerResponse, response: ApiResponse, headOnly: boolean): Promise<void> {
  const isText = response.text !== undefined;
  const text = response.text ?? (response.body === undefined ? '' : JSON.stringify(response.body));
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  outgoing.writeHead(response.status, {
    ...(text === '' ? {} : { 'content-type': type }),
    ...(response.status === 204 ? {} : { 'content-length': String(Buffer.byteLength(text)) }),
    ...response.headers,
  });
  return new Promise((resolve) => {
    outgoing.once('close', resolve);
    outgoing.once('finish', resolve);
    outgoing.end(headOnly ? '' : text);
  });
}
