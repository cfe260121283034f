import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../clock.js';
import { isAddressAt, parseAddress } from '../ip/address.js';
import { Icmp, type IcmpError } from '../ip/icmp.js';
import type { Link } from '../ip/link.js';
import { DESTINATION, findPayload, Protocol } from '../ip/packet.js';
import type { RandomBytes } from '../noise/keys.js';
import { type IncomingConnection, TcpLayer } from '../tcp/layer.js';
import type { TcpStream } from '../tcp/stream.js';
import { UdpLayer, type UdpSocket } from '../udp/udp.js';

/** Behind the largest packet there is room for the padding of WireGuard. */
const SCRATCH_SLACK = 64;
const DEFAULT_DIAL_TIMEOUT_MS = 10_000;

/** What a {@link Network} is made of. */
export interface NetworkOptions {
  /**
   * Our address: packets that we begin come from it. `everyAddress` answers for all others, too, as a gateway does.
   */
  address: string;
  everyAddress?: boolean;
  /** Further addresses that are ours. */
  moreAddresses?: readonly string[];
  /** Sends the first `length` bytes of `packet`, which is written over afterwards. `false`: bulk data should wait a little. */
  send(packet: Buffer, length: number): boolean;
  /** Whoever is at the other end must be heard of at once now; when nothing comes, the path below is broken. */
  onAnswerDue?(): void;
  /** Largest packet in bytes. */
  mtu: number;
  clock?: Clock;
  random?: RandomBytes;
}

/** Where {@link Network.connect} leads. */
export interface DialOptions {
  /** An IPv6 address. */
  address: string;
  port: number;
  /** Which of our addresses it comes from. */
  localAddress?: string;
  /** 10,000 unless given. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/**
 * An IPv6 host without a kernel: ICMPv6, UDP and TCP over anything that carries packets. It knows no neighbours, routes or fragments:
 * what it sends leaves by its one link.
 */
export class Network {
  readonly tcp: TcpLayer;
  readonly udp: UdpLayer;
  private readonly icmp: Icmp;
  private readonly address: Buffer;
  private readonly others: readonly Buffer[];
  private readonly link: Link;

  /** Throws a `TypeError` for an address that is none. */
  constructor(private readonly options: NetworkOptions) {
    this.address = parseAddress(options.address);
    this.others = (options.moreAddresses ?? []).map(parseAddress);
    const scratch = Buffer.from(new ArrayBuffer(options.mtu + SCRATCH_SLACK));
    this.link = {
      clock: options.clock ?? systemClock,
      random: options.random ?? randomBytes,
      mtu: options.mtu,
      scratch,
      send: (length) => options.send(scratch, length),
      answerDue: options.onAnswerDue,
    };
    this.icmp = new Icmp(this.link, (error) => this.takeError(error));
    this.tcp = new TcpLayer(this.link);
    this.udp = new UdpLayer(this.link, this.icmp, this.address);
  }

  /** Takes one packet from the link. The network may keep it. Whatever is wrong with it, nothing is thrown. */
  input(packet: Buffer): void {
    const payload = findPayload(packet);
    if (payload === null || !this.isOurs(packet)) return;
    const { protocol, start, end } = payload;
    if (protocol === Protocol.tcp) this.tcp.input(packet, start, end);
    else if (protocol === Protocol.udp) this.udp.input(packet, start, end);
    else if (protocol === Protocol.icmpv6) this.icmp.input(packet, start, end);
  }

  /**
   * A connection to `port` of `address`. Rejects with an `Error` whose `code` is `ECONNREFUSED`, `ETIMEDOUT`, `EHOSTUNREACH`,
   * `ENETDOWN` or `EADDRINUSE`, or with the signal's reason.
   */
  connect(options: DialOptions): Promise<TcpStream> {
    const { signal } = options;
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const source = options.localAddress === undefined ? this.address : parseAddress(options.localAddress);
    return new Promise((resolve, reject) => {
      const stream = this.tcp.connect(source, parseAddress(options.address), options.port);
      const settle = (): void => {
        cancel();
        signal?.removeEventListener('abort', onAbort);
        stream.off('error', onError);
        stream.off('connect', onConnect);
      };
      const fail = (error: unknown): void => {
        settle();
        // Nobody listens to this stream any more.
        stream.on('error', () => undefined);
        stream.destroy();
        reject(error as Error);
      };
      const onError = (error: Error): void => fail(error);
      const onAbort = (): void => fail(signal?.reason);
      const onConnect = (): void => {
        settle();
        resolve(stream);
      };
      const cancel = this.link.clock.setTimer(
        () => fail(this.tcp.timeoutError(options.address, options.port)),
        options.timeoutMs ?? DEFAULT_DIAL_TIMEOUT_MS,
      );
      signal?.addEventListener('abort', onAbort, { once: true });
      stream.on('error', onError);
      stream.on('connect', onConnect);
    });
  }

  /**
   * Offers connections that come in to `handler`; without `address` or `port` those to any. The most exact listener gets them.
   * Returns what ends it.
   */
  listen(filter: { address?: string; port?: number }, handler: (incoming: IncomingConnection) => void): () => void {
    const address = filter.address === undefined ? undefined : parseAddress(filter.address);
    return this.tcp.listen({ address, port: filter.port }, handler);
  }

  /** A UDP socket on `port` (any free one when left out), for one of our addresses or for all. */
  bindUdp(options: { port?: number; address?: string } = {}): UdpSocket {
    return this.udp.bind(options.port ?? 0, options.address);
  }

  /** Milliseconds that an echo request takes, or `null` when nothing answers within `timeoutMs`. */
  ping(address: string, timeoutMs = 5_000): Promise<number | null> {
    return this.icmp.ping(this.address, parseAddress(address), timeoutMs);
  }

  /** The path works again after a silence: what waits to be sent again is sent at once. */
  pathAlive(): void {
    this.tcp.pathAlive();
  }

  /** Ends everything. Connections fail with `ENETDOWN`. */
  close(): void {
    this.tcp.close();
    this.udp.close();
  }

  private isOurs(packet: Buffer): boolean {
    // Multicast (ff00::/8) is for neighbours that know each other.
    if (packet[DESTINATION] === 0xff) return false;
    if (this.options.everyAddress === true) return true;
    if (isAddressAt(packet, DESTINATION, this.address)) return true;
    return this.others.some((address) => isAddressAt(packet, DESTINATION, address));
  }

  /** Errors quote a part of our own packet only, so its length need not fit. */
  private takeError(error: IcmpError): void {
    const protocol = error.original[6];
    if (protocol === Protocol.tcp) this.tcp.takeError(error, 40);
    else if (protocol === Protocol.udp) this.udp.takeError(error, 40);
  }
}
