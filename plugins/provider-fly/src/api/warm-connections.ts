import type { Socket } from 'node:net';
import { buildConnector } from 'undici';

/** How long an opened connection that nobody has used yet is kept, in ms. */
const UNUSED_MS = 15_000;

/** Connections that are opened before they are needed: a handshake then costs nobody's time. */
export interface WarmConnections {
  /** Opens `count` more to an origin, in the background. One that fails is nobody's concern: whoever needs it tries again. */
  open(origin: URL, count: number): void;
  /** For undici: hands out one that is open, or on its way, else opens one. */
  readonly connect: buildConnector.connector;
  close(): void;
}

export function createWarmConnections(connectTimeoutMs: number): WarmConnections {
  const dial = buildConnector({ timeout: connectTimeoutMs });
  const stock = new Map<string, Promise<Socket | null>[]>();
  /** What is to happen when one that nobody has used ends. */
  const unused = new Map<Socket, () => void>();

  return {
    open(origin, count) {
      const key = keyOf(origin);
      const opening = Array.from({ length: count }, () => dialUnused(origin));
      stock.set(key, [...(stock.get(key) ?? []), ...opening]);
    },
    connect(options, callback) {
      void take(keyOf(options)).then((socket) => {
        if (socket === null) return dial(options, callback);
        socket.ref();
        callback(null, socket as never);
      });
    },
    close() {
      for (const socket of unused.keys()) socket.destroy();
      stock.clear();
    },
  };

  async function take(key: string): Promise<Socket | null> {
    for (;;) {
      const socket = await (stock.get(key)?.shift() ?? null);
      if (socket === null && (stock.get(key) ?? []).length === 0) return null;
      const drop = socket === null ? undefined : unused.get(socket);
      if (socket === null || drop === undefined || socket.destroyed) continue;
      unused.delete(socket);
      socket.off('close', drop).off('error', drop).off('timeout', drop).setTimeout(0);
      return socket;
    }
  }

  function dialUnused({ protocol, hostname, port, host }: URL): Promise<Socket | null> {
    return new Promise((resolve) => {
      dial({ protocol, hostname, port, host } as buildConnector.Options, (error, socket) => {
        if (error !== null) return resolve(null);
        const drop = (): void => {
          unused.delete(socket);
          socket.destroy();
        };
        unused.set(socket, drop);
        // It may neither keep the process alive nor stay for ever.
        socket.unref();
        socket.setTimeout(UNUSED_MS);
        socket.on('close', drop).on('error', drop).on('timeout', drop);
        resolve(socket);
      });
    });
  }
}

function keyOf({ protocol, hostname, port }: { protocol: string; hostname: string; port: string }): string {
  return `${protocol}//${hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
}
