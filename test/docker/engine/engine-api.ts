import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';

/** What is sent to an engine, beside method and path. */
export interface EngineRequest {
  json?: unknown;
  /** A body that is a stream, a tar for example. */
  body?: Readable | Buffer;
  headers?: Readonly<Record<string, string>>;
}

/** The Engine API behind a unix socket, for what a test wants to know or do behind a provider's back. */
export interface EngineApi {
  /** Rejects unless the status is below 400. Resolves with the parsed JSON, or with the text when it is none. */
  call<T = unknown>(method: string, path: string, request?: EngineRequest): Promise<T>;
}

export function engineApi(socketPath: string): EngineApi {
  return {
    async call<T>(method: string, path: string, { json, body, headers = {} }: EngineRequest = {}): Promise<T> {
      const content = json === undefined ? body : Buffer.from(JSON.stringify(json));
      const type = json === undefined ? 'application/x-tar' : 'application/json';
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const sent = request({ socketPath, method, path, headers: { 'content-type': type, ...headers } }, resolve);
        sent.on('error', reject);
        if (content === undefined || Buffer.isBuffer(content)) sent.end(content);
        else content.pipe(sent);
      });
      const answered = await text(answer);
      const status = answer.statusCode ?? 0;
      if (status >= 400) throw new Error(`${method} ${path}: ${status} ${answered.trim()}`);
      return parse(answered) as T;
    },
  };
}

function parse(answered: string): unknown {
  try {
    return JSON.parse(answered) as unknown;
  } catch {
    return answered;
  }
}
