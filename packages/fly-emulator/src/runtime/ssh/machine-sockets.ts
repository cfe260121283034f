import type { Duplex } from 'node:stream';

/** Sockets in a machine that SSH clients have forwarded to or from them. The endpoint knows only this. */
export interface MachineSockets {
  /** A byte stream to a Unix socket of the machine. Rejects when nobody listens there, or where it leads out of the machine. */
  connectSocket(path: string): Promise<Duplex>;
  /** Listens on a loopback port of the machine; 0 takes any free one. Rejects for a port that is taken or privileged. */
  listenPort(port: number, onConnection: (stream: Duplex, from: Peer) => void): Promise<OpenPort>;
  /** Listens on a Unix socket of the machine. Rejects for a path that exists. */
  listenSocket(path: string, onConnection: (stream: Duplex) => void): Promise<Closable>;
  /** Makes a socket for the client's SSH agent, which only the machine's user can reach. It is there when this returns. */
  openAgentSocket(onConnection: (stream: Duplex) => void): Closable & { path: string };
}

export interface Peer {
  address: string;
  port: number;
}

export interface Closable {
  close(): void;
}

export interface OpenPort extends Closable {
  port: number;
}
