import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock, type OperationContext } from '@sindri/core';

/** Something that listens at a socket as an engine does, and answers as a test wants it to. */
export interface FakeEngine {
  readonly context: OperationContext;
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/** Answers `/version`, and hands every other request, without its version, to `answer`. */
export async function startFakeEngine(
  answer: (request: IncomingMessage & { url: string }, response: ServerResponse) => void,
  version: object = { ApiVersion: '1.41', MinAPIVersion: '1.12' },
): Promise<FakeEngine> {
  const directory = mkdtempSync(path.join(tmpdir(), 'sindri-fake-engine-'));
  const socketPath = path.join(directory, 'docker.sock');
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    requests.push(`${method} ${url}`);
    if (url === '/version') return void response.end(JSON.stringify(version));
    answer(Object.assign(request, { url: url.replace(/^\/v1\.\d+/, '') }), response);
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    requests,
    context: {
      signal: new AbortController().signal,
      emit: () => undefined,
      hide: () => undefined,
      clock: systemClock,
      random: () => 0.5,
      env: { DOCKER_HOST: `unix://${socketPath}` },
      stateDir: directory,
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
