import { Alarm, type Clock } from '../clock.js';
import type { ConnectionEnds, ConnectionHost, ConnectionUser, TcpState } from './connection-contract.js';
import { tcpError, type TcpErrorCode } from './connection-errors.js';
import { KeepAlive } from './keep-alive.js';
import { Opening } from './opening.js';
import { Output } from './output.js';
import { Receiver } from './receiver.js';
import { Flag, type IncomingSegment } from './segment.js';
import type { SegmentWriter } from './segment-writer.js';
import { Sender, type SenderHost } from './sender.js';
import { SequenceSpace } from './sequence-space.js';

/** Long enough for what wanders about in a tunnel; the four minutes of RFC 9293 would only hold memory. */
const TIME_WAIT_MS = 2_000;
/** How long a side that nobody uses any more waits for the other one to end. */
const LINGER_MS = 60_000;
/** RFC 9293, section 3.8.3 (R2): how long unanswered data is sent again. */
const USER_TIMEOUT_MS = 15 * 60_000;

/** One TCP connection: the state machine of RFC 9293, section 3.10. Sequence numbers are kept as offsets from the initial ones. */
export class Connection implements SenderHost {
  state: TcpState;
  readonly clock: Clock;
  readonly answerDue: (() => void) | undefined;
  readonly sender: Sender;
  readonly receiver: Receiver;
  readonly keepAlive: KeepAlive;
  /** Set while it waits for {@link flush}. */
  isTouched = false;
  user: ConnectionUser | undefined;
  private windowShift = 0;
  private readonly space: SequenceSpace;
  private readonly opening: Opening;
  private readonly output: Output;
  private readonly endTimer: Alarm;

  constructor(
    private readonly host: ConnectionHost<Connection>,
    private readonly writer: SegmentWriter,
    readonly ends: ConnectionEnds,
    initialSend: number,
    state: 'pending' | 'syn-sent',
  ) {
    this.clock = host.clock;
    this.answerDue = host.answerDue;
    this.state = state;
    this.sender = new Sender(this, writer.maximumSegmentSize, USER_TIMEOUT_MS);
    this.receiver = new Receiver(writer.maximumSegmentSize);
    this.space = new SequenceSpace(initialSend);
    this.output = new Output(host.clock, writer, this.space, this.receiver, () => this.sender.next);
    this.opening = new Opening(host, {
      sendSyn: () => this.output.syn(this.state === 'syn-sent'),
      timedOut: () => this.timedOut(),
    });
    this.endTimer = new Alarm(host.clock, () => this.finish(undefined));
    this.keepAlive = new KeepAlive(host.clock, {
      probe: () => this.transmitProbe(),
      answerDue: host.answerDue,
      timedOut: () => this.timedOut(),
    });
  }

  /** Whether more data is worth being written now. */
  get hasRoom(): boolean {
    return this.sender.buffer.length < this.sender.bufferTarget;
  }

  /** Begins to connect. */
  open(): void {
    this.opening.send();
  }

  /** Takes the SYN of a connection that is not decided on yet. */
  takeSyn(segment: IncomingSegment): void {
    this.negotiate(segment);
  }

  /** Whether a sequence number lies beyond everything that the other side has sent. */
  isBeyond(sequence: number): boolean {
    return this.space.receiveOffset(sequence, this.receiver.next) > this.receiver.next;
  }

  /** Accepts a connection whose SYN was taken. */
  accept(): void {
    if (this.state !== 'pending') return;
    this.state = 'syn-received';
    this.opening.send();
  }

  /** Refuses a connection whose SYN was taken. */
  refuse(): void {
    if (this.state !== 'pending') return;
    this.output.reset(0);
    this.finish(undefined);
  }

  write(data: Uint8Array): void {
    this.sender.write(data);
    this.host.touch(this);
  }

  /** What has arrived in order, `null` at the end, `undefined` when there is nothing now. */
  read(): Buffer | null | undefined {
    const now = this.clock.now();
    const data = this.receiver.take(now, Math.min(this.sender.roundTrip.minimum, 1_000));
    if (data !== undefined) {
      if (this.isSynchronized && this.receiver.shouldTellWindow) this.output.ack();
      return data;
    }
    return this.receiver.isEnded ? null : undefined;
  }

  /** Nothing more will be written. */
  end(): void {
    if (this.state === 'established') this.state = 'fin-wait-1';
    else if (this.state === 'close-wait') this.state = 'last-ack';
    else if (this.state !== 'syn-sent' && this.state !== 'syn-received') return;
    this.sender.end();
    this.host.touch(this);
  }

  /** Ends it in both directions, data or not, and tells the other side by a reset. */
  abort(reason?: Error): void {
    const isOpen = this.isSynchronized && this.state !== 'time-wait';
    if (isOpen || this.state === 'syn-received') this.output.reset(this.sender.next);
    this.finish(reason);
  }

  /** Forgets a connection in its last wait, whose ports are wanted again. */
  discard(): void {
    this.finish(undefined);
  }

  /** The user is gone. What was written is still delivered; what arrives from now on is refused. */
  abandon(): void {
    this.user = undefined;
    if (this.state === 'closed' || this.state === 'time-wait') return;
    if (!this.isSynchronized || this.receiver.waiting > 0) {
      this.abort();
      return;
    }
    this.end();
    this.endTimer.after(LINGER_MS);
  }

  /** The end of a turn: tells the user what is new, sends what may be sent, and acknowledges what has come. */
  flush(): void {
    this.isTouched = false;
    if (this.state === 'closed' || this.state === 'time-wait') return;
    if (this.receiver.waiting > 0 || this.receiver.isEnded) this.user?.onReadable();
    if (this.isSynchronized) {
      this.sender.output(this.clock.now());
      if (this.hasRoom) this.user?.onWritable();
    }
    if (this.isSynchronized) this.output.ackIfDue();
  }

  input(segment: IncomingSegment): void {
    const now = this.clock.now();
    this.keepAlive.heard(now);
    if (this.state === 'pending') {
      if (segment.has(Flag.rst)) this.finish(undefined);
    } else if (this.state === 'syn-sent') this.inputSynSent(segment, now);
    else this.inputSynchronized(segment, now);
    if (this.state !== 'closed') this.host.touch(this);
  }

  /** An ICMP error about a segment of ours with this sequence number (RFC 5927, section 4.1: only if it is in flight). */
  icmpError(kind: 'unreachable' | 'packet-too-big', mtu: number, sequence: number): void {
    const { unacknowledged, next } = this.sender;
    const offset = this.space.sendOffset(sequence, unacknowledged);
    if (kind === 'unreachable') {
      if (this.state === 'syn-sent' && offset === 0) this.finish(this.error('EHOSTUNREACH'));
      return;
    }
    if (!this.isSynchronized || offset < unacknowledged || offset >= next) return;
    this.writer.lowerMtu(mtu);
    this.sender.setSegmentSize(this.writer.maximumSegmentSize);
  }

  /** The path has come back after a silence. */
  pathAlive(): void {
    if (this.state === 'syn-sent') this.opening.pathAlive();
    else if (this.isSynchronized) this.sender.pathAlive(this.clock.now());
  }

  /** The tunnel is about to be closed: without a word now the other side would wait for more. */
  shutDown(): void {
    this.abort(this.error('ENETDOWN'));
  }

  transmit(start: number, length: number, fin: boolean): boolean {
    return this.output.data(this.sender.buffer, start, length, fin);
  }

  transmitProbe(): void {
    if (this.isSynchronized) this.output.probe(this.sender.unacknowledged);
  }

  scheduleOutput(): void {
    this.host.touch(this);
  }

  timedOut(): void {
    this.finish(this.error('ETIMEDOUT'));
  }

  private get isSynchronized(): boolean {
    return (
      this.state !== 'pending' && this.state !== 'syn-sent' && this.state !== 'syn-received' && this.state !== 'closed'
    );
  }

  private inputSynSent(segment: IncomingSegment, now: number): void {
    const hasAck = segment.has(Flag.ack);
    if (hasAck && segment.acknowledgment !== this.space.sendOnWire(1)) {
      if (!segment.has(Flag.rst)) this.output.resetAt(segment.acknowledgment);
      return;
    }
    if (segment.has(Flag.rst)) {
      if (hasAck) this.finish(this.error('ECONNREFUSED'));
      return;
    }
    if (!segment.has(Flag.syn)) return;
    this.negotiate(segment);
    if (!hasAck) {
      // Both sides have begun at once (RFC 9293, section 3.5).
      this.state = 'syn-received';
      this.opening.send();
      return;
    }
    this.establish(segment, now);
    this.receiver.demandAck();
  }

  private inputSynchronized(segment: IncomingSegment, now: number): void {
    const start = this.space.receiveOffset(segment.sequence, this.receiver.next);
    const fin = segment.has(Flag.fin);
    const length = segment.payloadLength + (fin ? 1 : 0) + (segment.has(Flag.syn) ? 1 : 0);
    if (this.state === 'syn-received' && segment.has(Flag.syn) && start === 0) {
      this.output.syn(false);
      if (!segment.has(Flag.ack)) return;
    } else if (!this.receiver.isAcceptable(start, length)) {
      this.answerUnacceptable(segment, start, fin, now);
      return;
    } else if (segment.has(Flag.rst)) {
      // RFC 5961, section 3.2: a reset that does not hit exactly may be forged.
      if (start === this.receiver.next) this.onReset();
      else this.receiver.demandAck();
      return;
    } else if (segment.has(Flag.syn)) {
      this.receiver.demandAck();
      return;
    }
    if (!segment.has(Flag.ack)) return;
    this.output.noteTimestamp(segment, start);
    if (this.state === 'syn-received') {
      if (segment.acknowledgment !== this.space.sendOnWire(1)) {
        this.output.resetAt(segment.acknowledgment);
        return;
      }
      this.establish(segment, now);
    }
    if (!this.takeAcknowledgment(segment, start, now)) return;
    if (segment.payloadLength > 0 || fin) this.takeData(segment, start, fin);
  }

  /** Old data is acknowledged again (RFC 9293, section 3.10.7.4), and its acknowledgment counts; resets are ignored. */
  private answerUnacceptable(segment: IncomingSegment, start: number, fin: boolean, now: number): void {
    if (segment.has(Flag.rst)) return;
    if (segment.has(Flag.ack) && this.state !== 'syn-received' && start <= this.receiver.next) {
      this.takeAcknowledgment(segment, start, now);
      if (segment.payloadLength > 0)
        this.receiver.accept(start, segment.packet.subarray(segment.payloadStart, segment.payloadEnd), false);
    }
    if (this.state === 'time-wait' && fin) this.endTimer.after(TIME_WAIT_MS);
    this.receiver.demandAck();
    if (this.state === 'time-wait') this.output.ack();
  }

  /** `false` when the segment must not be looked at any further. */
  private takeAcknowledgment(segment: IncomingSegment, start: number, now: number): boolean {
    const { sender } = this;
    const offset = this.space.sendOffset(segment.acknowledgment, sender.unacknowledged);
    if (offset > sender.next) {
      this.receiver.demandAck();
      return false;
    }
    const windowChanged =
      offset >= sender.unacknowledged && sender.updateWindow(segment.window << this.windowShift, start, offset);
    if (offset >= sender.unacknowledged) {
      const isDuplicate = offset === sender.unacknowledged && segment.payloadLength === 0 && !windowChanged;
      sender.acknowledge(offset, this.space.sackOffsets(segment, sender.unacknowledged), isDuplicate, now);
    }
    if (sender.finIsAcknowledged) this.onFinAcknowledged();
    return this.state !== 'closed';
  }

  private takeData(segment: IncomingSegment, start: number, fin: boolean): void {
    const { receiver } = this;
    if (receiver.isEnded) {
      receiver.demandAck();
      return;
    }
    if (this.user === undefined && segment.payloadLength > 0 && start + segment.payloadLength > receiver.next) {
      // Nobody will ever read it (RFC 9293, section 3.6.1).
      this.abort();
      return;
    }
    receiver.accept(start, segment.packet.subarray(segment.payloadStart, segment.payloadEnd), fin);
    this.keepAlive.received();
    // Without selective acknowledgments the other side counts duplicates, so that each must go out.
    if (receiver.hasGap && !this.output.selective) this.output.ack();
    if (receiver.isEnded) this.onFin();
  }

  private onFin(): void {
    if (this.state === 'established') this.state = 'close-wait';
    else if (this.state === 'fin-wait-1') this.state = 'closing';
    else if (this.state === 'fin-wait-2') this.enterTimeWait();
  }

  private onFinAcknowledged(): void {
    if (this.state === 'fin-wait-1') {
      this.state = 'fin-wait-2';
      this.user?.onDelivered();
    } else if (this.state === 'closing') this.enterTimeWait();
    else if (this.state === 'last-ack') this.finish(undefined);
  }

  private onReset(): void {
    if (this.state === 'time-wait' || this.state === 'last-ack' || this.state === 'closing') this.finish(undefined);
    else this.finish(this.error(this.state === 'syn-received' ? 'ECONNREFUSED' : 'ECONNRESET'));
  }

  private enterTimeWait(): void {
    this.output.ack();
    this.user?.onReadable();
    this.user?.onDelivered();
    this.state = 'time-wait';
    this.release();
    this.endTimer.after(TIME_WAIT_MS);
    const { user } = this;
    this.user = undefined;
    user?.onClosed(undefined);
  }

  private finish(error: Error | undefined): void {
    if (this.state === 'closed') return;
    if (this.state === 'last-ack' && error === undefined && this.sender.finIsAcknowledged) this.user?.onDelivered();
    this.state = 'closed';
    this.release();
    // Without an error, what has arrived may still be read.
    if (error !== undefined) this.receiver.clear();
    this.endTimer.stop();
    this.host.forget(this);
    const { user } = this;
    this.user = undefined;
    user?.onClosed(error);
  }

  private release(): void {
    this.sender.stop();
    this.keepAlive.stop();
    this.opening.stop();
    this.output.stop();
    this.endTimer.clear();
  }

  /** What the SYN of the other side says of it. */
  private negotiate(segment: IncomingSegment): void {
    this.space.initialReceive = segment.sequence;
    this.writer.limitSegmentSize(segment.sizeLimit);
    this.output.negotiated(segment, this.state === 'pending');
    const scales = segment.windowShift >= 0;
    this.windowShift = scales ? segment.windowShift : 0;
    this.sender.negotiated(this.writer.maximumSegmentSize, segment.sackPermitted);
    this.receiver.negotiated(this.writer.maximumSegmentSize, scales);
  }

  private establish(segment: IncomingSegment, now: number): void {
    this.opening.stop();
    const roundTrip = this.opening.roundTrip(now);
    if (roundTrip !== undefined) this.sender.roundTrip.measure(roundTrip, now);
    // The window of a SYN is never scaled (RFC 7323, section 2.2).
    const shift = segment.has(Flag.syn) ? 0 : this.windowShift;
    this.sender.updateWindow(
      segment.window << shift,
      this.space.receiveOffset(segment.sequence, this.receiver.next),
      1,
    );
    // Whoever has ended before the connection was there goes straight on.
    this.state = this.sender.isEnding ? 'fin-wait-1' : 'established';
    this.user?.onConnected();
  }

  private error(code: TcpErrorCode): Error {
    return tcpError(code, this.ends.remoteAddress, this.ends.remotePort);
  }
}
