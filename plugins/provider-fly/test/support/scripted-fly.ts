import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

export interface ScriptedAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** A string is sent as it is, anything else as JSON. */
  body?: unknown;
  /** Ends the connection instead of answering. */
  hangUp?: boolean;
}

/** An HTTP server on loopback that answers what a test says, one answer after the other; the last one repeats. */
export interface ScriptedFly {
  url: string;
  seen: SeenRequest[];
  stop(): Promise<void>;
}

export async function startScriptedFly(
  answers: ScriptedAnswer[] | ((request: SeenRequest, index: number) => ScriptedAnswer),
): Promise<ScriptedFly> {
  const seen: SeenRequest[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const entry: SeenRequest = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: text === '' ? undefined : JSON.parse(text),
      };
      const index = seen.push(entry) - 1;
      const answer =
        typeof answers === 'function' ? answers(entry, index) : (answers[Math.min(index, answers.length - 1)] ?? {});
      if (answer.hangUp) {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status ?? 200, { 'fly-request-id': `req-${index}`, ...answer.headers });
      response.end(
        typeof answer.body === 'string' ? answer.body : answer.body === undefined ? '' : JSON.stringify(answer.body),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
