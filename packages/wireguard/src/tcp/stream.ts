import { Duplex } from 'node:stream';
import type { Connection } from './connection.js';
import type { ConnectionUser } from './connection-contract.js';

const HIGH_WATER_MARK = 64 * 1024;

type Callback = (error?: Error | null) => void;

/**
 * A TCP connection inside the tunnel, as a Node stream. Both directions end on their own (`allowHalfOpen`), a slow reader
 * slows the other side down, and `finish` means more than with `net.Socket`: the other side has acknowledged everything.
 * `connect` is emitted once the other side has answered.
 *
 * `destroy()` without an error delivers what was written and then ends; with unread data, or with an error, the other side sees a
 * reset.
 */
export class TcpStream extends Duplex {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Bytes written to this stream. */
  bytesWritten = 0;
  private readonly connection: Connection;
  private wantsData = false;
  private hasEnded = false;
  private isDelivered = false;
  private written: Callback | undefined;
  private finished: Callback | undefined;

  constructor(connection: Connection) {
    super({ allowHalfOpen: true, highWaterMark: HIGH_WATER_MARK, emitClose: true });
    this.connection = connection;
    ({
      localAddress: this.localAddress,
      localPort: this.localPort,
      remoteAddress: this.remoteAddress,
      remotePort: this.remotePort,
    } = connection.ends);
    connection.user = {
      onConnected: () => void this.emit('connect'),
      onReadable: () => this.pull(),
      onWritable: () => this.onWritable(),
      onDelivered: () => this.onDelivered(),
      onClosed: (error) => this.onClosed(error),
    } satisfies ConnectionUser;
  }

  /** Bytes that have arrived in order, read or not. */
  get bytesRead(): number {
    return this.connection.receiver.received;
  }

  /** Whether there is no connection yet. */
  get connecting(): boolean {
    return this.connection.state === 'syn-sent' || this.connection.state === 'syn-received';
  }

  /** Segments that had to be sent again, and the smoothed round trip in milliseconds. */
  get statistics(): { retransmissions: number; roundTripMs: number; congestionWindow: number } {
    const { sender } = this.connection;
    return {
      retransmissions: sender.retransmissions,
      roundTripMs: sender.roundTrip.smoothed,
      congestionWindow: sender.congestionWindow,
    };
  }

  /** Asks after `idleMs` of silence whether the other side is still there, and ends with `ETIMEDOUT` when it is not. */
  setKeepAlive(enable: boolean, idleMs = 45_000): this {
    if (enable) this.connection.keepAlive.start(idleMs);
    else this.connection.keepAlive.stop();
    return this;
  }

  /** For code that expects a `net.Socket`: small writes are never held back here. */
  setNoDelay(): this {
    return this;
  }

  /** Ends at once; the other side sees a reset. */
  resetAndDestroy(): this {
    this.connection.user = undefined;
    this.connection.abort();
    this.destroy();
    return this;
  }

  override _read(): void {
    this.wantsData = true;
    this.pull();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    this.bytesWritten += chunk.length;
    this.connection.write(chunk);
    if (this.connection.hasRoom) callback();
    else this.written = callback;
  }

  override _final(callback: Callback): void {
    if (this.isDelivered) {
      callback();
      return;
    }
    this.finished = callback;
    this.connection.end();
  }

  override _destroy(error: Error | null, callback: Callback): void {
    const isUnread = this.readableLength > 0;
    this.written = this.finished = undefined;
    if (error !== null || isUnread) {
      this.connection.user = undefined;
      this.connection.abort();
    } else this.connection.abandon();
    callback(error);
  }

  private pull(): void {
    while (this.wantsData && !this.hasEnded) {
      const data = this.connection.read();
      if (data === undefined) return;
      if (data === null) this.hasEnded = true;
      this.wantsData = this.push(data) && data !== null;
    }
  }

  private onWritable(): void {
    if (this.written === undefined || !this.connection.hasRoom) return;
    const { written } = this;
    this.written = undefined;
    written();
  }

  private onDelivered(): void {
    this.isDelivered = true;
    const { finished } = this;
    this.finished = undefined;
    finished?.();
  }

  private onClosed(error: Error | undefined): void {
    if (error === undefined) return;
    const { written, finished } = this;
    this.written = this.finished = undefined;
    written?.(error);
    finished?.(error);
    this.destroy(error);
  }
}
