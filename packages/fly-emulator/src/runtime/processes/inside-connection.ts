import net from 'node:net';
import type { Duplex } from 'node:stream';
import { isStillHeld, listenSockets, readListenTable, type ListenSocket, type SocketPlace } from './listen-sockets.js';

/** From where a connection comes: `network` reaches no port that listens on loopback only, as from outside a machine. */
export type Origin = 'network' | 'loopback';

/** The ports of one machine. */
export interface InsidePorts {
  /** Connects to a port that one of the machine's processes listens on. Rejects with the system's error, or `ECONNREFUSED`. */
  connect(port: number, origin: Origin): Promise<Duplex>;
}

/**
 * `pids` lists the machine's processes. All machines share this computer's network, so two of them cannot listen on the same port; and
 * where the system does not tell who listens, any process of this computer is reached.
 *
 * To find out who listens takes many files, and ms: it is remembered, and used again while the same process holds the same socket.
 */
export function createInsidePorts(pids: () => Promise<number[]>): InsidePorts {
  const known = new Map<number, ListenSocket[]>();

  async function find(port: number): Promise<ListenSocket[]> {
    const table = readListenTable() ?? new Map<string, SocketPlace>();
    for (const [inode, place] of table) if (place.port !== port) table.delete(inode);
    // Often whoever asks waits for a program that is not up yet.
    const sockets = table.size === 0 ? [] : listenSockets(table, await pids());
    if (sockets.length === 0) known.delete(port);
    else known.set(port, sockets);
    return sockets;
  }

  return {
    async connect(port, origin) {
      if (process.platform !== 'linux') return dial('127.0.0.1', port);
      const remembered = (known.get(port) ?? []).filter(isStillHeld);
      if (remembered.some((socket) => isOpenTo(socket, origin))) {
        // One that has ceased to listen is held all the same.
        const stream = await dialAny(port, remembered, origin).catch(() => null);
        if (stream !== null) return stream;
      }
      return dialAny(port, await find(port), origin);
    },
  };
}

async function dialAny(port: number, sockets: readonly ListenSocket[], origin: Origin): Promise<Duplex> {
  let failure: Error = refused(port);
  const open = sockets.filter((socket) => isOpenTo(socket, origin));
  for (const host of new Set(open.flatMap((socket) => dialable(socket.address)))) {
    try {
      return await dial(host, port);
    } catch (error) {
      failure = error as Error;
    }
  }
  throw failure;
}

function isOpenTo({ address }: ListenSocket, origin: Origin): boolean {
  return origin === 'loopback' || !isLoopback(address);
}

export function refused(port: number): Error {
  return Object.assign(new Error(`connect ECONNREFUSED port ${port} of the machine`), { code: 'ECONNREFUSED' });
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || /^0:0:0:0:0:ffff:7f/.test(address);
}

function dialable(address: string): string[] {
  if (address === '0.0.0.0') return ['127.0.0.1'];
  return address === '::' ? ['127.0.0.1', '::1'] : [address];
}

/** Connects to a port of this computer. Rejects with the system's error. */
export function dial(host: string, port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port, allowHalfOpen: true, noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
