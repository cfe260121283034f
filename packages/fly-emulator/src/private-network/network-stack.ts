import type { Duplex } from 'node:stream';
import type { IncomingConnection, Network } from '@sindri/wireguard';
import { joinStreams } from '../streams/join-streams.js';
import { gatewayAddress } from './peer-address.js';

/** What is behind the addresses of one network. */
export interface NetworkHost {
  /** Whether somebody is there, as the 16 bytes of a destination in latin1 say it. Asked for each packet. */
  isUp(destination: string): boolean;
  /** A byte stream to a port of that address. Rejects when nothing listens. */
  connect(destination: string, port: number): Promise<Duplex>;
  /** A byte stream to the Machines API. */
  connectApi(): Promise<Duplex>;
  /** Sends the first `length` bytes of a packet to the peer that it is addressed to. */
  send(packet: Buffer, length: number): boolean;
}

/** One network of an organisation: its gateway, and every machine that is up in it. */
export interface NetworkStack {
  readonly network: Network;
  /** Takes a packet from a peer of this network. */
  input(packet: Buffer): void;
  close(): void;
}

const DESTINATION = 24;
const ADDRESS_BYTES = 16;

/** `http://_api.internal:4280` */
const API_PORT = 4280;
/**
 * A connection whose other side went away without a word must not hold its machine's socket for ever. As long as Linux waits: a laptop that
 * slept finds its session again.
 */
const KEEP_ALIVE_MS = 2 * 3_600_000;

/**
 * Makes the network with this /48 (`fdaa:x:y`). Packets to an address where nobody is are dropped, as in a network whose host is down:
 * nothing here wakes a machine. A port on which nothing listens is refused at once.
 */
export function createNetworkStack(prefix: string, host: NetworkHost): NetworkStack {
  const wireguard = require('@sindri/wireguard') as typeof import('@sindri/wireguard');
  const { DEFAULT_MTU, parseAddress, Network } = wireguard;
  const gateway = latin1(parseAddress(gatewayAddress(prefix)));
  const network = new Network({
    address: gatewayAddress(prefix),
    everyAddress: true,
    mtu: DEFAULT_MTU,
    send: (packet, length) => host.send(packet, length),
  });
  network.listen({}, (incoming) => {
    const destination = latin1(parseAddress(incoming.localAddress));
    if (destination === gateway && incoming.localPort !== API_PORT) incoming.refuse();
    else if (destination === gateway) void serve(incoming, host.connectApi());
    else void serve(incoming, host.connect(destination, incoming.localPort));
  });
  return {
    network,
    input(packet) {
      const destination = packet.toString('latin1', DESTINATION, DESTINATION + ADDRESS_BYTES);
      if (destination === gateway || host.isUp(destination)) network.input(packet);
    },
    close: () => network.close(),
  };
}

export const latin1 = (address: Buffer): string => address.toString('latin1');

async function serve(incoming: IncomingConnection, connecting: Promise<Duplex>): Promise<void> {
  let inside: Duplex;
  try {
    inside = await connecting;
  } catch {
    incoming.refuse();
    return;
  }
  const outside = incoming.accept().setKeepAlive(true, KEEP_ALIVE_MS);
  joinStreams(outside, inside);
}
