import net from 'node:net';

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
  /** Opens what is wanted and not open, closes what is open and not wanted; connections in use stay. Never rejects. */
  follow(wanted: Place[]): Promise<void>;
  /** Wanted places where listening is impossible. Each `follow` tries them again. */
  failures(): ListenFailure[];
  close(): Promise<void>;
}

/**
 * `onConnection` gets the place as it was last wanted. Sockets arrive paused, so that nothing is lost while a machine wakes.
 * `onFailure` is told once per place until it works again.
 */
export function createListeners<Place extends ListenPlace>(handlers: {
  onConnection(socket: net.Socket, place: Place): void;
  onFailure(failure: ListenFailure, place: Place): void;
}): Listeners<Place> {
  const open = new Map<string, { server: net.Server; place: Place }>();
  const failed = new Map<string, ListenFailure>();

  const listen = async (key: string, place: Place): Promise<void> => {
    const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true });
    const entry = { server, place };
    server.on('connection', (socket) => handlers.onConnection(socket, entry.place));
    const code = await new Promise<string | null>((resolve) => {
      server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'EUNKNOWN'));
      server.listen({ host: place.address, port: place.port }, () => resolve(null));
    });
    if (code === null) {
      open.set(key, entry);
      failed.delete(key);
      return;
    }
    const known = failed.get(key)?.code === code;
    failed.set(key, { address: place.address, port: place.port, code });
    if (!known) handlers.onFailure({ address: place.address, port: place.port, code }, place);
  };

  const shut = async (key: string): Promise<void> => {
    const entry = open.get(key);
    open.delete(key);
    // The promise of `close` waits for connections; only the listening has to end now.
    entry?.server.close();
  };

  const keyOf = (place: ListenPlace): string => `${place.address}:${place.port}`;
  return {
    async follow(wanted) {
      const byKey = new Map(wanted.map((place) => [keyOf(place), place]));
      for (const key of failed.keys()) if (!byKey.has(key)) failed.delete(key);
      await Promise.all([...open.keys()].filter((key) => !byKey.has(key)).map(shut));
      await Promise.all(
        [...byKey].map(([key, place]) => {
          const entry = open.get(key);
          if (entry) entry.place = place;
          return entry ? null : listen(key, place);
        }),
      );
    },
    failures: () => [...failed.values()],
    async close() {
      await Promise.all([...open.keys()].map(shut));
      failed.clear();
    },
  };
}
