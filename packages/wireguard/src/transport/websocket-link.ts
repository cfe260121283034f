import type { Duplex } from 'node:stream';
import type { Cancel, Clock } from '../clock.js';
import type { RandomBytes } from '../noise/keys.js';
import { KEEPALIVE_RECORD, recordLength, RecordReader, STREAM_MAGIC } from './records.js';
import { encodeFrame, FrameDecoder, Opcode } from './websocket-frames.js';

const CONGESTED_BYTES = 256 * 1024;
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const KEEPALIVE_MS = 1_000;

export interface LinkOptions {
  /** Which side of the WebSocket this is. */
  role: 'client' | 'server';
  clock: Clock;
  random: RandomBytes;
  receive(datagram: Buffer): void;
  /** The connection is over; called once. */
  closed(): void;
}

/**
 * Datagrams over one WebSocket that is open. All frames are text frames, whatever bytes they carry: Fly's gateways and flyctl do it so,
 * and refuse others. What is sent in one turn goes into one frame.
 */
export class WebSocketLink {
  private readonly outgoing: Uint8Array[] = [];
  private readonly decoder: FrameDecoder;
  private readonly records: RecordReader;
  private isOver = false;
  private hasSent = false;
  private cancelKeepalive: Cancel = () => undefined;

  constructor(
    private readonly socket: Duplex,
    private readonly options: LinkOptions,
  ) {
    const { role } = options;
    this.records = new RecordReader((datagram) => options.receive(datagram), { expectsMagic: role === 'server' });
    this.decoder = new FrameDecoder({
      data: (bytes) => {
        if (!this.records.push(bytes)) this.close();
      },
      ping: (payload) => this.write(Opcode.pong, [payload]),
      close: () => this.close(),
    });
    socket.on('data', (chunk: Buffer) => this.decoder.push(chunk));
    socket.on('error', () => this.close());
    socket.on('close', () => this.close());
    socket.on('end', () => this.close());
    if (role === 'client') {
      this.write(Opcode.text, [STREAM_MAGIC]);
      this.keepAlive();
    }
  }

  get isCongested(): boolean {
    return this.socket.writableLength > CONGESTED_BYTES;
  }

  send(parts: readonly Uint8Array[]): void {
    if (this.isOver || this.socket.writableLength > MAX_WAITING_BYTES) return;
    if (this.outgoing.length === 0) this.options.clock.defer(() => this.flush());
    this.outgoing.push(recordLength(parts), ...parts);
  }

  /** Bytes that came together with the end of the opening handshake. */
  unshift(head: Buffer): void {
    if (head.length > 0) this.decoder.push(head);
  }

  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.cancelKeepalive();
    this.socket.destroy();
    this.options.closed();
  }

  private flush(): void {
    const parts = this.outgoing.splice(0);
    if (!this.isOver && parts.length > 0) this.write(Opcode.text, parts);
  }

  private write(opcode: number, parts: readonly Uint8Array[]): void {
    this.hasSent = true;
    const mask = this.options.role === 'client' ? this.options.random(4) : null;
    this.socket.write(encodeFrame(opcode, parts, mask));
  }

  /** As flyctl does: one empty record for each second in which nothing else was sent. */
  private keepAlive(): void {
    this.cancelKeepalive = this.options.clock.setTimer(() => {
      if (!this.hasSent) this.write(Opcode.text, [KEEPALIVE_RECORD]);
      this.hasSent = false;
      this.keepAlive();
    }, KEEPALIVE_MS);
  }
}
