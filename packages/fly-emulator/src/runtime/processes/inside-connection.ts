import net from 'node:net';
import type { Duplex } from 'node:stream';
import { listenSockets } from './listen-sockets.js';

/** From where a connection comes: `network` reaches no port that listens on loopback only, as from outside a machine. */
export type Origin = 'network' | 'loopback';

/**
 * Connects to a port that one of the machine's processes listens on. All machines share this computer's network, so two of them
 * cannot listen on the same port; and where the system does not tell who listens, any process of this computer is reached.
 */
export async function connectInside(port: number, pids: number[], origin: Origin): Promise<Duplex> {
  const sockets = listenSockets(pids);
  if (sockets === null) return dial('127.0.0.1', port);
  const reachable = sockets.filter(
    (socket) => socket.port === port && (origin === 'loopback' || !isLoopback(socket.address)),
  );
  let failure: Error = refused(port);
  for (const host of new Set(reachable.flatMap((socket) => dialable(socket.address)))) {
    try {
      return await dial(host, port);
    } catch (error) {
      failure = error as Error;
    }
  }
  throw failure;
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
