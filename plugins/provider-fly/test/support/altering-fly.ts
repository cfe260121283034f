import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';

/** A successful JSON answer of the emulator on its way to the client. */
export interface PassingAnswer {
  method: string;
  /** Without the query. */
  path: string;
  body: unknown;
}

export interface AlteringFly {
  /** For `FLY_FLAPS_BASE_URL`. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Stands between the client and the emulator and changes what is answered, for answers that Fly may give as well and of which there is no
 * recording: what both sides believe of them is no proof. While it `isDead` nothing passes, in neither direction.
 */
export async function startAlteringFly(
  target: string,
  alter: (answer: PassingAnswer) => unknown,
  isDead: () => boolean = () => false,
): Promise<AlteringFly> {
  const server: Server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      void pass().catch(() => response.destroy());
    });
    async function pass(): Promise<void> {
      if (isDead()) throw new Error('nobody is there any more');
      const { host: _host, connection: _connection, 'content-length': _length, ...headers } = incoming.headers;
      const { statusCode, body } = await request(`${target}${incoming.url ?? ''}`, {
        method: incoming.method as 'GET',
        headers: headers as Record<string, string>,
        body: chunks.length === 0 ? null : Buffer.concat(chunks),
        headersTimeout: 0,
      });
      const text = await body.text();
      if (isDead()) throw new Error('nobody is there any more');
      const isAltered = statusCode < 300 && text !== '';
      const path = (incoming.url ?? '').replace(/\?.*/s, '');
      const answer = isAltered
        ? JSON.stringify(alter({ method: incoming.method ?? '', path, body: JSON.parse(text) }))
        : text;
      response.writeHead(statusCode, { 'content-type': 'application/json' });
      response.end(statusCode === 204 ? undefined : answer);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
