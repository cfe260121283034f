import { createHash, randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { type Cancel, type Clock, systemClock } from '../clock.js';
import type { RandomBytes } from '../noise/keys.js';
import { authorityOf, type Endpoint, familyOf, type ReceiveDatagram } from './endpoint.js';
import { WebSocketLink } from './websocket-link.js';

/** RFC 6455, section 1.3. */
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const MAX_HEAD_BYTES = 16 * 1024;
const OPEN_TIMEOUT_MS = 10_000;
/** On a slow path the first answer takes about as long as it took to open. */
const FIRST_ANSWER_MS = 5_000;
/** Pauses before the first, second, … attempt to connect again. Milliseconds. */
const RETRY_PAUSES = [0, 100, 250, 500, 1_000, 2_000, 5_000];

/** Where {@link webSocketEndpoint} connects to. */
export interface WebSocketOptions {
  host: string;
  /** 443 unless given. */
  port?: number;
  /** So long it leaves the work to faster ways, in milliseconds; 0 unless given. */
  afterMs?: number;
  /** Opens the connection below; TLS unless given. For a proxy, or for tests without TLS. */
  openSocket?: (host: string, port: number) => Duplex;
  clock?: Clock;
  random?: RandomBytes;
}

/** What the key of a request is answered with. */
export function acceptKey(key: string): string {
  return createHash('sha1').update(`${key}${ACCEPT_GUID}`).digest('base64');
}

/**
 * The endpoint at `wss://host:port/`, as Fly's gateways offer it where UDP is blocked. It connects by itself, and again whenever the
 * connection is lost, until it rests or is closed.
 */
export function webSocketEndpoint(options: WebSocketOptions, receive: ReceiveDatagram): Endpoint {
  return new WebSocketEndpoint(options, receive);
}

class WebSocketEndpoint implements Endpoint {
  readonly name: string;
  onReconnected: (() => void) | undefined;
  private readonly clock: Clock;
  private readonly random: RandomBytes;
  private link: WebSocketLink | undefined;
  private opening: Duplex | undefined;
  private attempts = 0;
  /** Until then nobody takes the link for broken: it has just opened, and nothing has come yet. */
  private trustedUntil = 0;
  private isClosed = false;
  private isResting = false;
  private cancelRetry: Cancel | undefined;
  /** The newest datagram from before it was open: a handshake, which is repeated anyway. */
  private waiting: readonly Uint8Array[] | undefined;

  constructor(
    private readonly options: WebSocketOptions,
    private readonly receive: ReceiveDatagram,
  ) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? randomBytes;
    this.name = `wss://${this.authority}/`;
    const { afterMs = 0 } = options;
    if (afterMs === 0) this.open();
    else this.cancelRetry = this.clock.setTimer(() => this.open(), afterMs);
  }

  get isCongested(): boolean {
    return this.link?.isCongested === true;
  }

  send(parts: readonly Uint8Array[]): void {
    if (this.link === undefined) this.waiting = parts;
    else this.link.send(parts);
  }

  renew(): void {
    if (this.isClosed) return;
    this.isResting = false;
    if (this.link !== undefined && this.clock.now() < this.trustedUntil) return;
    this.link?.close();
    this.attempts = 0;
    if (this.opening === undefined) this.retry();
  }

  rest(): void {
    this.isResting = true;
    this.waiting = undefined;
    this.letGo();
  }

  close(): void {
    this.isClosed = true;
    this.letGo();
  }

  private letGo(): void {
    this.cancelRetry?.();
    this.cancelRetry = undefined;
    this.opening?.destroy();
    this.link?.close();
  }

  private get authority(): string {
    const { host, port = 443 } = this.options;
    return authorityOf(host, port);
  }

  private open(): void {
    this.cancelRetry = undefined;
    const { host, port = 443, openSocket = openTls } = this.options;
    const socket = openSocket(host, port);
    this.opening = socket;
    const cancelTimeout = this.clock.setTimer(() => socket.destroy(), OPEN_TIMEOUT_MS);
    const key = this.random(16).toString('base64');
    const over = (): void => {
      cancelTimeout();
      if (this.opening !== socket) return;
      this.opening = undefined;
      this.retry();
    };
    let head = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0 && head.length < MAX_HEAD_BYTES) return;
      socket.off('data', onData);
      if (end < 0 || !isAccepted(head.toString('latin1', 0, end), key)) {
        socket.destroy();
        return;
      }
      cancelTimeout();
      socket.off('close', over);
      this.opened(socket, head.subarray(end + 4));
    };
    socket.on('data', onData);
    socket.on('error', () => undefined);
    socket.on('close', over);
    socket.write(
      [
        'GET / HTTP/1.1',
        `Host: ${this.authority}`,
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Key: ${key}`,
        'Sec-WebSocket-Version: 13',
        `Origin: ${this.name}`,
        '\r\n',
      ].join('\r\n'),
    );
  }

  private opened(socket: Duplex, rest: Buffer): void {
    this.opening = undefined;
    const isAgain = this.attempts > 0;
    this.attempts = 0;
    const link = new WebSocketLink(socket, {
      role: 'client',
      clock: this.clock,
      random: this.random,
      receive: (datagram) => {
        this.trustedUntil = 0;
        this.receive(datagram, this);
      },
      closed: () => {
        if (this.link !== link) return;
        this.link = undefined;
        this.retry();
      },
    });
    this.link = link;
    this.trustedUntil = this.clock.now() + FIRST_ANSWER_MS;
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting !== undefined) link.send(waiting);
    if (isAgain) this.onReconnected?.();
    link.unshift(rest);
  }

  private retry(): void {
    if (this.isClosed || this.isResting || this.cancelRetry !== undefined) return;
    const pause = RETRY_PAUSES[Math.min(this.attempts, RETRY_PAUSES.length - 1)] as number;
    this.attempts += 1;
    this.cancelRetry = this.clock.setTimer(() => this.open(), pause);
  }
}

/** Nobody checks the certificate: WireGuard's own keys say who is there, and gateways have none that could be checked. */
function openTls(host: string, port: number): Duplex {
  const name = familyOf(host) === 0 ? { servername: host } : {};
  return connectTls({ host, port, rejectUnauthorized: false, ...name });
}

function isAccepted(head: string, key: string): boolean {
  const [status = '', ...lines] = head.split('\r\n');
  const accept = lines.find((line) => /^sec-websocket-accept:/i.test(line));
  return /^HTTP\/1\.1 101 /.test(status) && accept?.replace(/^[^:]*:\s*/, '').trim() === acceptKey(key);
}
