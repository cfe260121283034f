import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiRequest, ApiResponse } from './rest/http.js';

/** What to do with one request: an answer, or `null` to break the connection without one. */
export type Exchange = (request: ApiRequest) => Promise<{ response: ApiResponse | null; sent(): Promise<void> | void }>;

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** The largest body taken: config files of a few megabytes travel inside machine configs. */
const LARGEST_BODY = 32 * 1024 * 1024;

/** Carries requests and answers between sockets and `exchange`. Listens on 127.0.0.1 only. */
export async function startHttpServer(port: number, exchange: Exchange): Promise<HttpServer> {
  const stopping = new AbortController();
  const server = createServer((incoming, outgoing) => {
    void serve(incoming, outgoing, exchange, stopping.signal).catch((error: unknown) => {
      // A bug of the emulator: the client gets a 500, and whoever runs it the stack.
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.emitWarning(text, 'EmulatorError');
      if (!outgoing.headersSent && !stopping.signal.aborted) {
        outgoing.writeHead(500, { 'content-type': 'application/json' });
        outgoing.end(JSON.stringify({ error: 'internal: the emulator failed' }));
      } else outgoing.destroy();
    });
  });
  // Clients wait up to a minute for a machine, and keep connections open between requests.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
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
  exchange: Exchange,
  stopping: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort(new ClientGone());
  });
  const body = await readBody(incoming).catch((error: unknown) => {
    if (gone.signal.aborted || incoming.destroyed) return undefined;
    throw error;
  });
  if (body === undefined) return;
  if (body === null) {
    outgoing.writeHead(413).end();
    return;
  }
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  const request: ApiRequest = {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: flatHeaders(incoming),
    body,
    signal: AbortSignal.any([gone.signal, stopping]),
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

class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

async function readBody(incoming: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
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
