import { formatAddress } from '../ip/address.js';
import type { IcmpError } from '../ip/icmp.js';
import type { Link } from '../ip/link.js';
import { createFlow, DESTINATION, hasValidChecksum, Protocol, SOURCE } from '../ip/packet.js';
import { Connection } from './connection.js';
import type { ConnectionHost } from './connection-contract.js';
import { tcpError } from './connection-errors.js';
import { ConnectionTable } from './connection-table.js';
import { Flag, IncomingSegment } from './segment.js';
import { SegmentWriter } from './segment-writer.js';
import { TcpStream } from './stream.js';

/** RFC 6335, section 6, but from where Linux begins: more to choose from. */
const FIRST_EPHEMERAL = 32_768;
const EPHEMERAL_PORTS = 60_999 - FIRST_EPHEMERAL;
const PORT_TRIES = 64;
/** Connections that have begun to come in and are not there yet; further SYNs are dropped. */
const MAX_HALF_OPEN = 4_096;
const DECISION_TIMEOUT_MS = 30_000;

/** A connection that comes in. The other side waits until one of the two is called. */
export interface IncomingConnection {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Accepts it. Data may be written at once. */
  accept(): TcpStream;
  /** Refuses it, as a closed port would. */
  refuse(): void;
}

export interface ListenFilter {
  /** One of our addresses; every one of them when left out. */
  address?: Buffer;
  /** Every port when left out. */
  port?: number;
}

interface Listener extends ListenFilter {
  handler: (incoming: IncomingConnection) => void;
}

/** All TCP connections of a network. */
export class TcpLayer implements ConnectionHost<Connection> {
  readonly clock;
  readonly random;
  readonly mtu;
  readonly scratch;
  readonly answerDue;
  private readonly table = new ConnectionTable();
  private readonly listeners = new Set<Listener>();
  private readonly segment = new IncomingSegment();
  private touched: Connection[] = [];
  private halfOpen = 0;

  constructor(private readonly link: Link) {
    this.clock = link.clock;
    this.random = link.random;
    this.mtu = link.mtu;
    this.scratch = link.scratch;
    this.answerDue = link.answerDue;
  }

  /** Connections that are known, in whatever state. */
  get size(): number {
    return this.table.size;
  }

  send(length: number): boolean {
    return this.link.send(length);
  }

  /** Begins to connect. The stream fails with `ECONNREFUSED`, `ETIMEDOUT`, `EHOSTUNREACH` or `EADDRINUSE`. */
  connect(source: Buffer, destination: Buffer, port: number): TcpStream {
    const localPort = this.freePort(source, destination, port);
    const connection = this.create(source, localPort, destination, port, 'syn-sent');
    const stream = new TcpStream(connection);
    this.table.add(connection, source, destination);
    connection.open();
    return stream;
  }

  /** Hands connections that fit `filter` to `handler`. Returns what ends that; connections that are there stay. */
  listen(filter: ListenFilter, handler: (incoming: IncomingConnection) => void): () => void {
    const listener = { ...filter, handler };
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  input(packet: Buffer, start: number, end: number): void {
    const { segment } = this;
    if (!segment.read(packet, start, end) || !hasValidChecksum(packet, start, end, Protocol.tcp)) return;
    const connection = this.table.find(packet, DESTINATION, segment.destinationPort, SOURCE, segment.sourcePort);
    if (connection !== undefined && !isNewIncarnation(connection, segment)) {
      connection.input(segment);
      return;
    }
    connection?.discard();
    this.inputUnknown(packet, segment);
  }

  takeError(error: IcmpError, start: number): void {
    const { original, kind, mtu } = error;
    if (original.length < start + 8) return;
    const localPort = original.readUInt16BE(start);
    const remotePort = original.readUInt16BE(start + 2);
    const connection = this.table.find(original, SOURCE, localPort, DESTINATION, remotePort);
    connection?.icmpError(kind, mtu, original.readUInt32BE(start + 4));
  }

  touch(connection: Connection): void {
    if (connection.isTouched) return;
    connection.isTouched = true;
    if (this.touched.length === 0) this.clock.defer(() => this.flush());
    this.touched.push(connection);
  }

  forget(connection: Connection): void {
    this.table.remove(connection);
  }

  /** What a dial fails with when its time is over. */
  timeoutError(address: string, port: number): Error {
    return tcpError('ETIMEDOUT', address, port);
  }

  /** The path works again after a silence. */
  pathAlive(): void {
    for (const connection of this.table.all()) connection.pathAlive();
  }

  close(): void {
    this.listeners.clear();
    for (const connection of this.table.all()) connection.shutDown();
  }

  private flush(): void {
    const { touched } = this;
    this.touched = [];
    for (const connection of touched) connection.flush();
  }

  private inputUnknown(packet: Buffer, segment: IncomingSegment): void {
    if (segment.has(Flag.rst)) return;
    const local = packet.subarray(DESTINATION, DESTINATION + 16);
    const remote = packet.subarray(SOURCE, SOURCE + 16);
    const isSyn = (segment.flags & (Flag.syn | Flag.ack | Flag.fin)) === Flag.syn;
    const listener = isSyn ? this.findListener(local, segment.destinationPort) : undefined;
    if (listener === undefined) {
      this.reset(segment, local, remote);
      return;
    }
    if (this.halfOpen >= MAX_HALF_OPEN) return;
    const connection = this.create(local, segment.destinationPort, remote, segment.sourcePort, 'pending');
    connection.takeSyn(segment);
    this.table.add(connection, Buffer.from(local), Buffer.from(remote));
    this.offer(connection, listener);
  }

  private offer(connection: Connection, listener: Listener): void {
    this.halfOpen += 1;
    const cancel = this.clock.setTimer(() => incoming.refuse(), DECISION_TIMEOUT_MS);
    let isDecided = false;
    const decide = (): boolean => {
      if (isDecided) return false;
      isDecided = true;
      cancel();
      this.halfOpen -= 1;
      return true;
    };
    const incoming: IncomingConnection = {
      ...connection.ends,
      accept: () => {
        if (!decide()) throw new Error('This connection has been decided on already.');
        const stream = new TcpStream(connection);
        connection.accept();
        return stream;
      },
      refuse: () => {
        if (decide()) connection.refuse();
      },
    };
    listener.handler(incoming);
  }

  private findListener(address: Buffer, port: number): Listener | undefined {
    const fitting = [...this.listeners].filter(
      (listener) =>
        (listener.port === undefined || listener.port === port) &&
        (listener.address === undefined || listener.address.equals(address)),
    );
    const rank = (listener: Listener): number =>
      (listener.port === undefined ? 0 : 2) + (listener.address === undefined ? 0 : 1);
    return fitting.sort((a, b) => rank(b) - rank(a))[0];
  }

  /** RFC 9293, section 3.10.7.1. */
  private reset(segment: IncomingSegment, local: Buffer, remote: Buffer): void {
    const flow = createFlow(local, remote, Protocol.tcp);
    const writer = new SegmentWriter(this.link, flow, segment.destinationPort, segment.sourcePort);
    if (segment.has(Flag.ack)) {
      writer.write(segment.acknowledgment, 0, Flag.rst, 0);
      return;
    }
    const length = segment.payloadLength + (segment.has(Flag.syn) ? 1 : 0) + (segment.has(Flag.fin) ? 1 : 0);
    writer.write(0, (segment.sequence + length) >>> 0, Flag.rst | Flag.ack, 0);
  }

  private create(
    local: Buffer,
    localPort: number,
    remote: Buffer,
    remotePort: number,
    state: 'pending' | 'syn-sent',
  ): Connection {
    const writer = new SegmentWriter(this.link, createFlow(local, remote, Protocol.tcp), localPort, remotePort);
    const ends = {
      localAddress: formatAddress(local),
      localPort,
      remoteAddress: formatAddress(remote),
      remotePort,
    };
    return new Connection(this, writer, ends, this.random(4).readUInt32BE(0), state);
  }

  private freePort(source: Buffer, destination: Buffer, port: number): number {
    for (let tries = 0; tries < PORT_TRIES; tries += 1) {
      const candidate = FIRST_EPHEMERAL + (this.random(2).readUInt16BE(0) % EPHEMERAL_PORTS);
      if (!this.table.has(source, candidate, destination, port)) return candidate;
    }
    throw tcpError('EADDRINUSE', formatAddress(destination), port);
  }
}

/** A SYN beyond what a connection in its last wait has seen begins a new one (RFC 9293, section 3.10.7.4; RFC 6191). */
function isNewIncarnation(connection: Connection, segment: IncomingSegment): boolean {
  if (connection.state !== 'time-wait') return false;
  return (segment.flags & (Flag.syn | Flag.ack | Flag.rst)) === Flag.syn && connection.isBeyond(segment.sequence);
}
