import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Peer } from '@sindri/wireguard';
import type { WireGuardPeerRecord } from '../records.js';
import type { ServerCertificate } from '../tls/certificate-authority.js';
import { peerBlock } from './peer-address.js';

/** Where a gateway listens, and what it is. */
export interface GatewayOptions {
  /** A loopback address. */
  address: string;
  /** 51820 for flyctl, which asks for no other; 0 takes any free one. */
  udpPort: number;
  /** 443 for flyctl; 0 takes any free one. */
  webSocketPort: number;
  /** 32 bytes in base64. */
  privateKey: string;
  certificate(): ServerCertificate;
}

/** The end of all tunnels: one key, two ways to reach it. */
export interface Gateway {
  readonly publicKey: string;
  readonly udpPort: number;
  /** `null` where the port cannot be had: those below 1024 need a privilege on most computers. */
  readonly webSocketPort: number | null;
  /** `onPacket` takes each packet that the peer sends. */
  addPeer(peer: WireGuardPeerRecord, onPacket: (packet: Buffer) => void): void;
  /** What it sends is dropped from here on, without a word. */
  removePeer(peer: WireGuardPeerRecord): void;
  /** Sends the first `length` bytes of `packet` to the peer that it is addressed to. `false`: bulk data should wait a little. */
  send(packet: Buffer, length: number): boolean;
  close(): Promise<void>;
}

/** Starts to listen. Rejects with the system's error when the UDP port cannot be had. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { acceptWebSocket, Device, listenUdp } = require('@sindri/wireguard') as typeof import('@sindri/wireguard');
  const takers = new WeakMap<Peer, (packet: Buffer) => void>();
  const device = new Device({
    privateKey: options.privateKey,
    onPacket: (packet, peer) => takers.get(peer)?.(packet),
  });
  const { address } = options;
  const udp = await listenUdp({ address, port: options.udpPort }, (datagram, from) => device.receive(datagram, from));
  const webSockets = await listenForWebSockets(options, (request, socket, head) =>
    acceptWebSocket(request, socket, head, (datagram, from) => device.receive(datagram, from)),
  );

  return {
    publicKey: device.publicKey,
    udpPort: udp.port,
    webSocketPort: webSockets?.port ?? null,
    addPeer({ publicKey, ip }, onPacket) {
      takers.set(device.addPeer({ publicKey, allowedIps: [peerBlock(ip)] }), onPacket);
    },
    removePeer: ({ publicKey }) => void device.removePeer(publicKey),
    send: (packet, length) => device.send(packet, length),
    async close() {
      device.close();
      await Promise.all([udp.close(), webSockets?.close()]);
    },
  };
}

type OnUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** `null` where the port cannot be had: there is UDP. */
async function listenForWebSockets(
  options: GatewayOptions,
  onUpgrade: OnUpgrade,
): Promise<{ port: number; close(): Promise<void> } | null> {
  const server: Server = createServer(options.certificate(), (_request, response) => {
    response.writeHead(426, { connection: 'close' }).end();
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', onUpgrade);
  const isOpen = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ host: options.address, port: options.webSocketPort }, () => resolve(true));
  });
  if (!isOpen) return null;
  const place = server.address();
  return {
    port: typeof place === 'object' && place !== null ? place.port : options.webSocketPort,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
