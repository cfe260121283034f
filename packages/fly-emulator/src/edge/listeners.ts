import { createServer, type Server, type Socket } from 'node:net';

/** A place to listen at. */
export interface ListenPlace {
  address: string;
  port: number;
}

export interface ListenFailure extends ListenPlace {
  code: string;
}

/** Listening sockets that follow a list of wanted places. */
export interface Listeners<Place extends ListenPlace> {
  /**
   * Opens the places that are not open, closes those that are `null`; connections in use stay. Others stay as they are. Keys are
   * `address:port`. Never rejects.
   */
  follow(changes: Map<string, Place | null>): Promise<void>;
  /** Wanted places where listening is impossible. A `follow` with such a place tries it again. */
  failures(): ListenFailure[];
  close(): Promise<void>;
}

/** Ports below this one need a privilege on most computers, and are those that other programs have. */
const FIRST_FREE_PORT = 1024;
/** So much higher is a port below that, where it cannot be had itself. Clients are told with `FLY_EDGE_LOW_PORTS_AT`. */
export const LOW_PORTS_AT = 20_000;

/**
 * `onConnection` gets the place that was wanted. Sockets arrive paused, so that nothing is lost while a machine wakes.
 * `onFailure` is told once per place until it works again.
 */
export function createListeners<Place extends ListenPlace>(handlers: {
  onConnection(socket: Socket, place: Place): void;
  onFailure(failure: ListenFailure, place: Place): void;
}): Listeners<Place> {
  const open = new Map<string, Server>();
  const failed = new Map<string, ListenFailure>();

  const listen = async (key: string, place: Place): Promise<void> => {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true });
    server.on('connection', (socket) => handlers.onConnection(socket, place));
    const bind = (port: number): Promise<string | null> =>
      new Promise((resolve) => {
        const refused = (error: NodeJS.ErrnoException): void => resolve(error.code ?? 'EUNKNOWN');
        server.once('error', refused);
        server.listen({ host: place.address, port }, () => {
          server.off('error', refused);
          resolve(null);
        });
      });
    let code = await bind(place.port);
    if (code !== null && place.port < FIRST_FREE_PORT && (await bind(place.port + LOW_PORTS_AT)) === null) code = null;
    if (code === null) {
      open.set(key, server);
      failed.delete(key);
      return;
    }
    const known = failed.get(key)?.code === code;
    failed.set(key, { address: place.address, port: place.port, code });
    if (!known) handlers.onFailure({ address: place.address, port: place.port, code }, place);
  };

  const shut = async (key: string): Promise<void> => {
    const server = open.get(key);
    open.delete(key);
    // The promise of `close` waits for connections; only the listening has to end now.
    server?.close();
  };

  return {
    async follow(changes) {
      const gone = [...changes].filter(([, place]) => place === null);
      for (const [key] of gone) failed.delete(key);
      await Promise.all(gone.map(([key]) => shut(key)));
      await Promise.all(
        [...changes].map(([key, place]) => (place === null || open.has(key) ? null : listen(key, place))),
      );
    },
    failures: () => [...failed.values()],
    async close() {
      await Promise.all([...open.keys()].map(shut));
      failed.clear();
    },
  };
}
