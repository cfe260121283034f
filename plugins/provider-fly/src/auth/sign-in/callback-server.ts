import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The door on 127.0.0.1 through which the page hands over its code. */
export interface CallbackServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface CallbackOptions {
  /** What a callback must bring; without it nobody is listened to. */
  state: string;
  /** Takes a code. Whether it was right: the page is answered so. */
  onCode(code: string): Promise<boolean>;
  /** Default: any free one. */
  port?: number;
}

const LONGEST_CODE = 1_000;

/** A page of https may only ask a loopback address when that says yes to it, for the request and for what comes before it. */
const CROSS_ORIGIN = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, OPTIONS',
  'access-control-allow-headers': '*',
  'access-control-allow-private-network': 'true',
  'cache-control': 'no-store',
};

/** Listens for the page's `GET /callback?state=…&code=…` and its preflight. Rejects with the system's error when it cannot. */
export async function listenForCallback(options: CallbackOptions): Promise<CallbackServer> {
  const server = createServer({ maxHeaderSize: 8_192, requestTimeout: 10_000 }, (request, response) => {
    void answer(request, response, options).catch(() => response.destroy());
  });
  server.maxConnections = 16;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        // What is being answered is the word that all went well.
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 500).unref();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: CallbackOptions): Promise<void> {
  const say = (status: number, text: string): void => {
    const headers = { ...CROSS_ORIGIN, 'content-type': 'text/plain; charset=utf-8', connection: 'close' };
    response.writeHead(status, headers).end(text);
  };
  request.resume();
  const target = request.url ?? '';
  const url = target.startsWith('/') ? new URL(target, 'http://127.0.0.1') : null;
  if (url?.pathname !== '/callback') return say(404, 'Nothing is here.\n');
  if (request.method === 'OPTIONS') return say(204, '');
  if (request.method !== 'GET') return say(405, 'Only GET is answered here.\n');
  const code = url.searchParams.get('code')?.trim() ?? '';
  if (!isSame(url.searchParams.get('state') ?? '', options.state))
    return say(400, 'This belongs to another sign-in.\n');
  if (code === '' || code.length > LONGEST_CODE) return say(400, 'There is no code.\n');
  if (await options.onCode(code)) return say(200, 'You are signed in. This page can be closed.\n');
  say(400, 'The code was not accepted. Look at the terminal.\n');
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
