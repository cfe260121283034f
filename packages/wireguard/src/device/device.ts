import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../clock.js';
import { parsePrefix } from '../ip/address.js';
import { openInitiation } from '../noise/handshake.js';
import { decodeKey, KEY_BYTES, PrivateKey, PublicKey, type RandomBytes } from '../noise/keys.js';
import { MacChecker } from '../noise/macs.js';
import { CookieReply, messageType, MessageType, Response, Transport } from '../noise/messages.js';
import type { Endpoint } from '../transport/endpoint.js';
import { AllowedIps } from './allowed-ips.js';
import { HandshakeLoad } from './handshake-load.js';
import { Peer, type PeerHost } from './peer.js';

const IPV6_HEADER_BYTES = 40;
const SOURCE_OFFSET = 8;
const DESTINATION_OFFSET = 24;

/** What WireGuard sends through a tunnel unless told otherwise: fits into 1,500 bytes over IPv4 and IPv6. */
export const DEFAULT_MTU = 1_420;

/** What a {@link Device} is made of. */
export interface DeviceOptions {
  /** 32 bytes in base64. */
  privateKey: string;
  /** Takes each IPv6 packet that arrives, cut to its length. `packet` is the taker's to keep. */
  onPacket(packet: Buffer, peer: Peer): void;
  /** Largest inner packet in bytes; {@link DEFAULT_MTU}. */
  mtu?: number;
  clock?: Clock;
  random?: RandomBytes;
}

/** What a {@link Device} is told of a peer. */
export interface PeerOptions {
  /** 32 bytes in base64. */
  publicKey: string;
  /** 32 bytes in base64, known to both sides. */
  presharedKey?: string;
  /** Inner addresses behind this peer: `fdaa:0:18::/48`. Packets from it with another source are dropped. */
  allowedIps: readonly string[];
  /** Where it may be reached; none for a peer that comes to us. They are closed with the peer. */
  endpoints?: readonly Endpoint[];
  /** Keeps a NAT open; 0, the default, for off. */
  persistentKeepaliveMs?: number;
  /** Time until an initiation that nobody answered is repeated; 5,000 as the protocol says. */
  handshakeRetryMs?: number;
  onHandshake?(): void;
  onUnreachable?(): void;
  onPathAlive?(): void;
}

/**
 * A WireGuard interface: seals IPv6 packets for its peers and opens theirs, as initiator and as responder. It owns no socket:
 * {@link receive} takes datagrams from any transport, and answers go to the endpoint that a datagram came from. Whatever is not
 * authentic is dropped without a word; nothing that arrives makes it throw.
 */
export class Device implements PeerHost {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly privateKey: PrivateKey;
  readonly mtu: number;
  /** Datagrams and packets that were dropped because something about them was wrong. */
  dropped = 0;
  private readonly onPacket: DeviceOptions['onPacket'];
  private readonly peers = new Map<string, Peer>();
  private readonly routes = new AllowedIps<Peer>();
  private readonly indices = new Map<number, Peer>();
  private readonly macs: MacChecker;
  private readonly load: HandshakeLoad;

  /** Throws a `TypeError` when the private key is no key. */
  constructor(options: DeviceOptions) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? randomBytes;
    this.privateKey = new PrivateKey(decodeKey(options.privateKey, 'private key'));
    this.mtu = options.mtu ?? DEFAULT_MTU;
    this.onPacket = (packet, peer) => options.onPacket(packet, peer);
    this.macs = new MacChecker(this.privateKey.publicKey.raw, this.random);
    this.load = new HandshakeLoad(this.clock);
  }

  /** Our public key, in base64. */
  get publicKey(): string {
    return this.privateKey.publicKey.raw.toString('base64');
  }

  /** Adds a peer; one with the same key is replaced. Throws a `TypeError` for a key or prefix that is none. */
  addPeer(options: PeerOptions): Peer {
    const raw = decodeKey(options.publicKey, 'public key of the peer');
    const presharedKey =
      options.presharedKey === undefined ? Buffer.alloc(KEY_BYTES) : decodeKey(options.presharedKey, 'preshared key');
    options.allowedIps.forEach(parsePrefix);
    this.removePeer(options.publicKey);
    const peer = new Peer(this, {
      publicKey: new PublicKey(raw),
      presharedKey,
      endpoints: options.endpoints ?? [],
      persistentKeepaliveMs: options.persistentKeepaliveMs ?? 0,
      handshakeRetryMs: options.handshakeRetryMs,
      onHandshake: options.onHandshake,
      onUnreachable: options.onUnreachable,
      onPathAlive: options.onPathAlive,
    });
    for (const prefix of options.allowedIps) this.routes.add(prefix, peer);
    this.peers.set(options.publicKey, peer);
    return peer;
  }

  /** Forgets a peer and its keys. Whether there was one. */
  removePeer(publicKey: string): boolean {
    const peer = this.peers.get(publicKey);
    if (peer === undefined) return false;
    this.peers.delete(publicKey);
    this.routes.remove(peer);
    peer.close();
    return true;
  }

  peer(publicKey: string): Peer | undefined {
    return this.peers.get(publicKey);
  }

  /**
   * Sends the first `length` bytes of `packet`, an IPv6 packet, to the peer that its destination belongs to. `packet` may be used
   * again after the call; the 16 bytes behind `length` are overwritten. Returns whether more may follow now: `false` means that
   * much waits to be sent, not that this one was lost.
   */
  send(packet: Buffer, length: number): boolean {
    const peer = this.routes.find(packet, DESTINATION_OFFSET);
    if (peer === undefined) {
      this.dropped += 1;
      return true;
    }
    peer.send(packet, length);
    return !peer.isCongested;
  }

  /** Takes one datagram from a transport. */
  receive(datagram: Buffer, from: Endpoint): void {
    if (!this.dispatch(datagram, from)) this.dropped += 1;
  }

  /** Ends all peers. */
  close(): void {
    for (const publicKey of [...this.peers.keys()]) this.removePeer(publicKey);
  }

  allocate(peer: Peer): number {
    for (;;) {
      const index = this.random(4).readUInt32LE(0);
      if (this.indices.has(index)) continue;
      this.indices.set(index, peer);
      return index;
    }
  }

  release(index: number): void {
    this.indices.delete(index);
  }

  private dispatch(datagram: Buffer, from: Endpoint): boolean {
    switch (messageType(datagram)) {
      case MessageType.transport:
        return this.takeTransport(datagram, from);
      case MessageType.initiation:
        return this.mayHandshake(datagram, from) && this.takeInitiation(datagram, from);
      case MessageType.response:
        return (
          this.mayHandshake(datagram, from) &&
          (this.indices.get(datagram.readUInt32LE(Response.receiver))?.takeResponse(datagram, from) ?? false)
        );
      case MessageType.cookieReply:
        return this.indices.get(datagram.readUInt32LE(CookieReply.receiver))?.takeCookie(datagram) ?? false;
      default:
        return false;
    }
  }

  /** Section 5.3: a handshake message costs us something only if its sender knows our key, and under load proves its address. */
  private mayHandshake(message: Buffer, from: Endpoint): boolean {
    if (!this.macs.hasValidMac1(message)) return false;
    if (!this.load.isHeavyAfterOneMore()) return true;
    const now = this.clock.now();
    if (this.macs.hasValidMac2(message, from.name, now)) return this.load.admits(from.name);
    from.send([this.macs.createCookieReply(message, from.name, now)]);
    return false;
  }

  private takeInitiation(message: Buffer, from: Endpoint): boolean {
    let peer: Peer | undefined;
    const opened = openInitiation(this.privateKey, message, (remoteStatic) => {
      peer = this.peers.get(remoteStatic.toString('base64'));
      return peer?.publicKey ?? null;
    });
    return opened !== null && peer !== undefined && peer.answerInitiation(opened, from);
  }

  private takeTransport(message: Buffer, from: Endpoint): boolean {
    const index = message.readUInt32LE(Transport.receiver);
    const peer = this.indices.get(index);
    const session = peer?.sessionFor(index);
    if (peer === undefined || session === undefined) return false;
    const packet = peer.open(session, message, from);
    if (packet === null) return false;
    if (packet.length === 0) return true;
    if (packet.length < IPV6_HEADER_BYTES || (packet[0] as number) >> 4 !== 6) return false;
    const length = IPV6_HEADER_BYTES + packet.readUInt16BE(4);
    if (length > packet.length || this.routes.find(packet, SOURCE_OFFSET) !== peer) return false;
    this.onPacket(length === packet.length ? packet : packet.subarray(0, length), peer);
    return true;
  }
}
