import { EventEmitter } from 'node:events';
import { formatAddress, parseAddress } from '../ip/address.js';
import { type Icmp, type IcmpError, UnreachableCode } from '../ip/icmp.js';
import type { Link } from '../ip/link.js';
import {
  createFlow,
  DESTINATION,
  fillChecksum,
  hasValidChecksum,
  HEADER_BYTES,
  Protocol,
  SOURCE,
  writeHeader,
} from '../ip/packet.js';

/** UDP (RFC 768 over RFC 8200, section 8.1). */
const UDP_HEADER_BYTES = 8;
const CHECKSUM = HEADER_BYTES + 6;
const FIRST_EPHEMERAL = 49_152;
const EPHEMERAL_PORTS = 65_536 - FIRST_EPHEMERAL;

/** Where a datagram came from, and which of our addresses it was sent to. */
export interface UdpSource {
  address: string;
  port: number;
  localAddress: string;
}

interface UdpEvents {
  message: [data: Buffer, source: UdpSource];
  /** Nobody listens where the last datagram went. */
  unreachable: [address: string, port: number];
}

/** A UDP port inside the tunnel. */
export class UdpSocket extends EventEmitter<UdpEvents> {
  constructor(
    private readonly layer: UdpLayer,
    /** `undefined`: every address that is ours. */
    readonly address: Buffer | undefined,
    readonly port: number,
  ) {
    super();
  }

  /**
   * Sends one datagram, from `localAddress` if the socket has several. Returns `false` when it does not fit into a packet: it is
   * not sent then.
   */
  send(data: Uint8Array, port: number, address: string, localAddress?: string): boolean {
    const source =
      localAddress === undefined ? (this.address ?? this.layer.defaultAddress) : parseAddress(localAddress);
    return this.layer.send(source, this.port, parseAddress(address), port, data);
  }

  close(): void {
    this.layer.release(this);
    this.removeAllListeners();
  }
}

/** All UDP ports of a network. */
export class UdpLayer {
  private readonly sockets = new Map<number, UdpSocket[]>();

  constructor(
    private readonly link: Link,
    private readonly icmp: Icmp,
    readonly defaultAddress: Buffer,
  ) {}

  /** Takes `port` (0: any that is free). Throws an `Error` with code `EADDRINUSE` when it is taken. */
  bind(port: number, address?: string): UdpSocket {
    const bytes = address === undefined ? undefined : parseAddress(address);
    const socket = new UdpSocket(this, bytes, port === 0 ? this.freePort() : port);
    const others = this.sockets.get(socket.port) ?? [];
    const isTaken = others.some((other) => sameOrAny(other.address, bytes));
    if (isTaken) throw Object.assign(new Error(`UDP port ${port} is in use.`), { code: 'EADDRINUSE' });
    this.sockets.set(socket.port, [...others, socket]);
    return socket;
  }

  release(socket: UdpSocket): void {
    const left = (this.sockets.get(socket.port) ?? []).filter((other) => other !== socket);
    if (left.length === 0) this.sockets.delete(socket.port);
    else this.sockets.set(socket.port, left);
  }

  input(packet: Buffer, start: number, end: number): void {
    if (end - start < UDP_HEADER_BYTES) return;
    const length = packet.readUInt16BE(start + 4);
    // A checksum of zero means none in IPv4; over IPv6 there must be one.
    if (length < UDP_HEADER_BYTES || start + length > end || packet.readUInt16BE(start + 6) === 0) return;
    if (!hasValidChecksum(packet, start, start + length, Protocol.udp)) return;
    const destination = packet.subarray(DESTINATION, DESTINATION + 16);
    const candidates = this.sockets.get(packet.readUInt16BE(start + 2)) ?? [];
    const socket =
      candidates.find((candidate) => candidate.address?.equals(destination) === true) ??
      candidates.find((candidate) => candidate.address === undefined);
    if (socket === undefined) {
      this.icmp.sendUnreachable(packet, end, UnreachableCode.port);
      return;
    }
    socket.emit('message', packet.subarray(start + UDP_HEADER_BYTES, start + length), {
      address: formatAddress(packet, SOURCE),
      port: packet.readUInt16BE(start),
      localAddress: formatAddress(packet, DESTINATION),
    });
  }

  /** An ICMP error about a datagram of ours, whose payload begins at `start` of `error.original`. */
  takeError(error: IcmpError, start: number): void {
    const { original } = error;
    if (error.kind !== 'unreachable' || original.length < start + UDP_HEADER_BYTES) return;
    const remotePort = original.readUInt16BE(start + 2);
    for (const socket of this.sockets.get(original.readUInt16BE(start)) ?? []) {
      socket.emit('unreachable', formatAddress(original, DESTINATION), remotePort);
    }
  }

  send(source: Uint8Array, sourcePort: number, destination: Uint8Array, port: number, data: Uint8Array): boolean {
    const { scratch } = this.link;
    const length = UDP_HEADER_BYTES + data.length;
    if (HEADER_BYTES + length > this.link.mtu) return false;
    const flow = createFlow(source, destination, Protocol.udp);
    writeHeader(scratch, flow, length, Protocol.udp);
    scratch.writeUInt16BE(sourcePort, HEADER_BYTES);
    scratch.writeUInt16BE(port, HEADER_BYTES + 2);
    scratch.writeUInt16BE(length, HEADER_BYTES + 4);
    scratch.writeUInt16BE(0, CHECKSUM);
    scratch.set(data, HEADER_BYTES + UDP_HEADER_BYTES);
    fillChecksum(scratch, flow, length, CHECKSUM);
    // Zero is written as its other form in one's complement.
    if (scratch.readUInt16BE(CHECKSUM) === 0) scratch.writeUInt16BE(0xffff, CHECKSUM);
    this.link.send(HEADER_BYTES + length);
    return true;
  }

  close(): void {
    for (const sockets of [...this.sockets.values()]) for (const socket of sockets) socket.close();
  }

  private freePort(): number {
    for (let tries = 0; tries < EPHEMERAL_PORTS; tries += 1) {
      const port = FIRST_EPHEMERAL + (this.link.random(2).readUInt16BE(0) % EPHEMERAL_PORTS);
      if (!this.sockets.has(port)) return port;
    }
    throw Object.assign(new Error('All UDP ports are in use.'), { code: 'EADDRINUSE' });
  }
}

function sameOrAny(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}
