import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { authorityOf, type Endpoint, familyOf, type ReceiveDatagram } from './endpoint.js';

/** A burst must fit while this process does something else. The system may allow less. */
const SOCKET_BUFFER_BYTES = 8 * 1024 * 1024;
/** What waits inside Node because the system would not take it. */
const CONGESTED_BYTES = 512 * 1024;
/** More than a burst of this: dropped, as a full network would. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** Places that are remembered, so that each is the same object every time. */
const MAX_PLACES = 4_096;

/** A UDP socket that peers come to. */
export interface UdpListener {
  readonly address: string;
  readonly port: number;
  /** A place that is reached from here, for a peer that we begin with. `address` is an IP address. */
  endpoint(address: string, port: number): Endpoint;
  close(): Promise<void>;
}

/**
 * Listens for peers on `port` (0: any that is free) of `address`. Rejects with the system's error when the port cannot be had.
 */
export async function listenUdp(
  options: { address?: string; port?: number },
  receive: ReceiveDatagram,
): Promise<UdpListener> {
  const address = options.address ?? '127.0.0.1';
  const socket = socketForAddresses(familyOf(address) === 6 ? 6 : 4);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address, port: options.port ?? 0 }, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  growBuffers(socket);
  // A place that refuses datagrams is no reason to stop listening to others.
  socket.on('error', () => undefined);
  const places = new Map<string, UdpPlace>();
  let last: UdpPlace | undefined;
  const placeOf = (from: string, port: number): UdpPlace => {
    if (last !== undefined && last.port === port && last.address === from) return last;
    const key = `${from} ${port}`;
    let place = places.get(key);
    if (place === undefined) {
      place = new UdpPlace(socket, from, port);
      if (places.size >= MAX_PLACES) places.delete(places.keys().next().value as string);
      places.set(key, place);
    }
    last = place;
    return place;
  };
  socket.on('message', (datagram, info) => receive(datagram, placeOf(info.address, info.port)));
  return {
    address: socket.address().address,
    port: socket.address().port,
    endpoint: placeOf,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/**
 * A socket that is given addresses only. To have each looked up as if it were a name would cost a turn for each datagram, and the first
 * would load what Node asks for names with.
 */
function socketForAddresses(family: 4 | 6): Socket {
  return createSocket({ type: `udp${family}`, lookup: (address, _options, found) => found(null, address, family) });
}

class UdpPlace implements Endpoint {
  readonly name: string;

  constructor(
    private readonly socket: Socket,
    readonly address: string,
    readonly port: number,
  ) {
    this.name = authorityOf(address, port);
  }

  get isCongested(): boolean {
    return this.socket.getSendQueueSize() > CONGESTED_BYTES;
  }

  send(parts: readonly Uint8Array[]): void {
    if (this.socket.getSendQueueSize() > MAX_WAITING_BYTES) return;
    try {
      this.socket.send(parts, this.port, this.address);
    } catch {
      // Closed meanwhile.
    }
  }
}

/** Sockets that lead nowhere are not made more often, whatever is to be sent. */
const REOPEN_AFTER_MS = 1_000;

/**
 * The endpoint `host:port` over a connected UDP socket of its own, which is faster than a shared one and hears of unreachable
 * ports. `host` may be a name. After a change of network it is bound to an address that this computer no longer has: it is made anew when
 * the system takes nothing from it any more, and on {@link Endpoint.renew}.
 */
export function udpEndpoint(host: string, port: number, receive: ReceiveDatagram): Endpoint {
  return new ConnectedUdp(host, port, receive);
}

class ConnectedUdp implements Endpoint {
  readonly name: string;
  onReconnected: (() => void) | undefined;
  private socket: Socket | undefined;
  private isConnected = false;
  private isClosed = false;
  private lookups = 0;
  /** The newest datagram that was sent before the socket was ready: a handshake, which is repeated anyway. */
  private waiting: readonly Uint8Array[] | undefined;
  /** What becomes of one datagram is asked at a time: to be told of each would cost bulk data. */
  private isAsking = false;
  /** The last socket led nowhere. */
  private isLost = false;
  private mayReopen = true;

  constructor(
    private readonly host: string,
    private readonly port: number,
    private readonly receive: ReceiveDatagram,
  ) {
    this.name = authorityOf(host, port);
    this.open();
  }

  get isCongested(): boolean {
    return this.isConnected && (this.socket as Socket).getSendQueueSize() > CONGESTED_BYTES;
  }

  send(parts: readonly Uint8Array[]): void {
    if (!this.isConnected) {
      this.waiting = parts;
      if (this.isLost && this.socket === undefined) this.reopen();
      return;
    }
    const socket = this.socket as Socket;
    if (socket.getSendQueueSize() > MAX_WAITING_BYTES) return;
    try {
      if (this.isAsking) socket.send(parts as Uint8Array[]);
      else this.sendAsking(socket, parts);
    } catch {
      // Closed meanwhile.
    }
  }

  private sendAsking(socket: Socket, parts: readonly Uint8Array[]): void {
    this.isAsking = true;
    socket.send(parts as Uint8Array[], (error) => {
      this.isAsking = false;
      if (error === null || socket !== this.socket || !LOST_NETWORK.has((error as NodeJS.ErrnoException).code ?? ''))
        return;
      this.waiting = parts;
      this.lose();
      this.reopen();
    });
  }

  renew(): void {
    if (this.isClosed) return;
    this.letGo();
    this.open();
  }

  close(): void {
    this.isClosed = true;
    this.letGo();
  }

  private letGo(): void {
    this.isConnected = this.isAsking = false;
    this.socket?.removeAllListeners();
    this.socket?.on('error', () => undefined);
    this.socket?.close();
    this.socket = undefined;
  }

  private open(): void {
    const family = familyOf(this.host);
    if (family !== 0) {
      this.connect(this.host, family);
      return;
    }
    lookup(this.host, { all: true }).then(
      (found) => {
        // Another address each time: the first may be of a kind that leads nowhere from here.
        const next = found[this.lookups % found.length];
        this.lookups += 1;
        if (next !== undefined && !this.isClosed && this.socket === undefined) this.connect(next.address, next.family);
      },
      // Tried again with the next handshake.
      () => undefined,
    );
  }

  private lose(): void {
    this.isLost = true;
    this.letGo();
  }

  private reopen(): void {
    if (!this.mayReopen || this.isClosed) return;
    this.mayReopen = false;
    setTimeout(() => (this.mayReopen = true), REOPEN_AFTER_MS).unref();
    this.open();
  }

  private connect(address: string, family: number): void {
    const socket = socketForAddresses(family === 6 ? 6 : 4);
    this.socket = socket;
    // ICMP errors and a network that is down are no more than lost datagrams: the handshake is retried.
    socket.on('error', () => undefined);
    socket.on('message', (datagram) => this.receive(datagram, this));
    socket.connect(this.port, address, (...failure: unknown[]) => {
      if (this.socket !== socket) return;
      // Node gives an error here when there is no route.
      if ((failure[0] ?? null) !== null) {
        this.lose();
        return;
      }
      growBuffers(socket);
      this.isConnected = true;
      const { waiting, isLost } = this;
      this.waiting = undefined;
      this.isLost = false;
      if (waiting !== undefined) this.send(waiting);
      if (isLost) this.onReconnected?.();
    });
  }
}

/** What Linux, macOS and Windows say of a socket whose address or route is gone. */
const LOST_NETWORK = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'ENETDOWN', 'EINVAL']);

function growBuffers(socket: Socket): void {
  try {
    socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
    socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
  } catch {
    // The system's own size must do.
  }
}
