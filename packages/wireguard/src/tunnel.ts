import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from './clock.js';
import { DEFAULT_MTU, Device } from './device/device.js';
import type { Peer } from './device/peer.js';
import { Network } from './network/network.js';
import type { RandomBytes } from './noise/keys.js';
import type { Endpoint, ReceiveDatagram } from './transport/endpoint.js';

/** Both ends of a tunnel, and the ways between them. */
export interface TunnelOptions {
  /** Ours: 32 bytes in base64. */
  privateKey: string;
  /** Our address inside the tunnel. */
  address: string;
  peer: {
    /** 32 bytes in base64. */
    publicKey: string;
    presharedKey?: string;
    /** What is reached through the tunnel; everything (`::/0`) unless given. */
    allowedIps?: readonly string[];
  };
  /**
   * Ways to the peer, made with the function that takes what arrives: `(receive) => udpEndpoint(host, 51820, receive)`. A handshake goes
   * out over all of them; the first that answers carries the tunnel, and when it falls silent all are tried again.
   */
  transports: readonly ((receive: ReceiveDatagram) => Endpoint)[];
  /** {@link DEFAULT_MTU} unless given. */
  mtu?: number;
  /** Keeps a NAT open; off unless given. */
  persistentKeepaliveMs?: number;
  /** Time until a handshake that nobody answered is tried again; 5,000 unless given. */
  handshakeRetryMs?: number;
  /** Nothing has answered for 90 s. */
  onUnreachable?(): void;
  clock?: Clock;
  random?: RandomBytes;
}

/** One WireGuard peer, and the network behind it. */
export interface Tunnel {
  readonly network: Network;
  readonly peer: Peer;
  /**
   * Resolves once a handshake is done. Rejects with an `Error` with code `ETIMEDOUT` when it is not within `timeoutMs`, or with the
   * signal's reason.
   */
  ready(timeoutMs: number, signal?: AbortSignal): Promise<void>;
  /** Ends all connections and the transports. */
  close(): void;
}

/** Opens a tunnel to one peer, and begins the handshake. Throws a `TypeError` for a key or an address that is none. */
export function openTunnel(options: TunnelOptions): Tunnel {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? randomBytes;
  const mtu = options.mtu ?? DEFAULT_MTU;
  const waiting = new Set<() => void>();
  const network = new Network({
    address: options.address,
    mtu,
    clock,
    random,
    send: (packet, length) => device.send(packet, length),
    onAnswerDue: () => peer.answerDue(),
  });
  const device = new Device({
    privateKey: options.privateKey,
    mtu,
    clock,
    random,
    onPacket: (packet) => network.input(packet),
  });
  const endpoints = options.transports.map((open) => open((datagram, from) => device.receive(datagram, from)));
  const peer = device.addPeer({
    publicKey: options.peer.publicKey,
    presharedKey: options.peer.presharedKey,
    allowedIps: options.peer.allowedIps ?? ['::/0'],
    endpoints,
    persistentKeepaliveMs: options.persistentKeepaliveMs,
    handshakeRetryMs: options.handshakeRetryMs,
    onHandshake: () => waiting.forEach((resolve) => resolve()),
    onUnreachable: options.onUnreachable,
    onPathAlive: () => network.pathAlive(),
  });
  peer.connect();
  return {
    network,
    peer,
    ready: (timeoutMs, signal) => waitForSession(peer, waiting, clock, timeoutMs, signal),
    close() {
      network.close();
      device.close();
    },
  };
}

function waitForSession(
  peer: Peer,
  waiting: Set<() => void>,
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
  if (peer.hasSession) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const settle = (outcome: () => void): void => {
      cancel();
      waiting.delete(onHandshake);
      signal?.removeEventListener('abort', onAbort);
      outcome();
    };
    const onHandshake = (): void => settle(resolve);
    const onAbort = (): void => settle(() => reject(signal?.reason as Error));
    const cancel = clock.setTimer(() => settle(() => reject(noAnswer(timeoutMs))), timeoutMs);
    waiting.add(onHandshake);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function noAnswer(timeoutMs: number): Error {
  const text = `The WireGuard peer has not answered within ${timeoutMs / 1000} s.`;
  return Object.assign(new Error(text), { code: 'ETIMEDOUT' });
}
