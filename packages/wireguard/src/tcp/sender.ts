import { Alarm, type Clock } from '../clock.js';
import { Cubic } from './cubic.js';
import { RoundTrip } from './round-trip.js';
import { Scoreboard } from './scoreboard.js';
import { SendBuffer } from './send-buffer.js';

/** Segments that one connection sends in a row before others, and what comes in, have their turn. */
const BURST_SEGMENTS = 32;
/** How long to wait for a link that is congested. */
const CONGESTED_PAUSE_MS = 1;
/** RFC 8985, section 7.2: the longest that the other side may delay an acknowledgment. */
const MAX_ACK_DELAY_MS = 200;
const MINIMUM_PROBE_MS = 10;
const MAX_PERSIST_MS = 10_000;
/** What is kept for the network while its window is small. */
const MINIMUM_BUFFER_BYTES = 256 * 1024;

/** What a sender needs of its connection. */
export interface SenderHost {
  readonly clock: Clock;
  /** Sends `length` bytes of the stream from offset `start`, with a FIN behind them if `fin`. `false`: the link is congested. */
  transmit(start: number, length: number, fin: boolean): boolean;
  /** Sends something that must be answered, without data (RFC 9293, section 3.8.6.1). */
  transmitProbe(): void;
  /** Calls {@link Sender.output} once the current input has been read. */
  scheduleOutput(): void;
  /** What was sent should have been acknowledged by now. */
  readonly answerDue: (() => void) | undefined;
  /** The other side has not been heard of for too long. */
  timedOut(): void;
}

type TimerPurpose = 'retransmit' | 'probe-tail' | 'reordering' | 'persist' | 'pause';
type Sent = 'sent' | 'nothing' | 'congested';

/**
 * The sending half of a connection: how much may be in flight, and what must be sent again. Offsets count the bytes of the stream;
 * the SYN is 0, the first byte 1.
 */
export class Sender {
  readonly buffer = new SendBuffer(1);
  readonly roundTrip = new RoundTrip();
  /** First offset that is not acknowledged. */
  unacknowledged = 1;
  /** Next offset to send. */
  next = 1;
  /** Bytes that the other side takes beyond `unacknowledged`. */
  window = 0;
  /** Segments that were sent more than once. */
  retransmissions = 0;
  private maximumWindow = 0;
  private windowSequence = -1;
  private windowAcknowledgment = -1;
  /** Nothing more will be written. */
  isEnding = false;
  /** `open`, or what a loss was noticed by, until everything sent before then is acknowledged. */
  private state: 'open' | 'recovery' | 'timeout' = 'open';
  private recoveryPoint = 0;
  private tailProbed = false;
  private persistBackoff = 0;
  private isWindowLimited = false;
  private lastSentAt = 0;
  /** When the oldest data began to wait, or the last acknowledgment of new data. */
  private progressAt = 0;
  /** When the other side was heard of last while data was waiting. */
  private heardAt = 0;
  private reorderingDelay = 0;
  private purpose: TimerPurpose = 'retransmit';
  private readonly timer: Alarm;
  private readonly scoreboard: Scoreboard;
  private congestion: Cubic;
  private selective = false;

  constructor(
    private readonly host: SenderHost,
    private segmentSize: number,
    private readonly timeoutMs: number,
  ) {
    this.congestion = new Cubic(segmentSize);
    this.scoreboard = new Scoreboard(this.roundTrip);
    this.timer = new Alarm(host.clock, () => this.onTimer());
  }

  get finIsAcknowledged(): boolean {
    return this.isEnding && this.unacknowledged === this.finalOffset;
  }

  /** How many bytes are worth keeping for the network; more would only wait here. */
  get bufferTarget(): number {
    return Math.max(2 * this.congestion.window, MINIMUM_BUFFER_BYTES);
  }

  get congestionWindow(): number {
    return this.congestion.window;
  }

  /** Behind all data and the FIN. */
  private get finalOffset(): number {
    return this.buffer.end + (this.isEnding ? 1 : 0);
  }

  write(data: Uint8Array): void {
    this.buffer.append(data);
  }

  /** Nothing more will be written: a FIN follows. */
  end(): void {
    this.isEnding = true;
  }

  /** What the two sides have agreed on in their SYNs. */
  negotiated(segmentSize: number, selective: boolean): void {
    this.segmentSize = segmentSize;
    this.selective = selective;
    this.scoreboard.selective = selective;
    this.congestion = new Cubic(segmentSize);
  }

  /** A smaller packet size became known; what is in flight was too large. */
  setSegmentSize(bytes: number): void {
    if (bytes >= this.segmentSize) return;
    this.segmentSize = bytes;
    this.congestion.setSegmentSize(bytes);
    this.scoreboard.markAllLost();
    this.host.scheduleOutput();
  }

  /** The window of a segment that is not older than the last one (RFC 9293, section 3.10.7.4). Whether it is another one now. */
  updateWindow(window: number, sequence: number, acknowledgment: number): boolean {
    if (sequence < this.windowSequence) return false;
    if (sequence === this.windowSequence && acknowledgment < this.windowAcknowledgment) return false;
    const changed = window !== this.window;
    if (window > 0) this.persistBackoff = 0;
    this.window = window;
    this.maximumWindow = Math.max(this.maximumWindow, window);
    this.windowSequence = sequence;
    this.windowAcknowledgment = acknowledgment;
    return changed;
  }

  /**
   * An acknowledgment of everything before `offset`, with selective ones: left and right edges in turn. `isDuplicate`: it carried
   * neither data nor a new window. The caller has checked that `offset` is not beyond {@link next}.
   */
  acknowledge(offset: number, sacks: readonly number[], isDuplicate: boolean, now: number): void {
    this.heardAt = now;
    const advanced = offset > this.unacknowledged;
    let delivered = this.scoreboard.acknowledge(offset, now);
    if (sacks.length > 0) delivered += this.scoreboard.acknowledgeSelectively(sacks, offset, this.next, now);
    if (advanced) {
      this.unacknowledged = offset;
      this.buffer.releaseBefore(offset);
      this.tailProbed = false;
      this.progressAt = now;
      this.roundTrip.forgetBackoff();
    } else if (isDuplicate) this.scoreboard.noteDuplicate(this.segmentSize);
    this.lookForLoss(advanced, now);
    if (this.state !== 'open' && offset >= this.recoveryPoint) {
      this.state = 'open';
      this.scoreboard.recoveryEnded();
    }
    if (delivered > 0 && this.isWindowLimited && this.state !== 'recovery') {
      this.congestion.acknowledged(delivered, now, this.roundTrip.smoothed);
    }
  }

  /** Sends what may be sent now, and sets the timer. */
  output(now: number): void {
    if (this.scoreboard.isEmpty && this.lastSentAt > 0 && now - this.lastSentAt > this.roundTrip.timeout) {
      this.congestion.idle();
    }
    this.isWindowLimited = false;
    let burst = BURST_SEGMENTS;
    for (; burst > 0; burst -= 1) {
      const sent = this.scoreboard.hasLost ? this.sendLost(now) : this.sendNew(now, false);
      if (sent === 'nothing') break;
      if (sent === 'congested') {
        this.setTimerFor('pause', now + CONGESTED_PAUSE_MS);
        return;
      }
    }
    if (burst === 0) this.host.scheduleOutput();
    this.setTimer(now);
  }

  /** The path works again after a silence: what waits for a timeout is sent at once. */
  pathAlive(now: number): void {
    if (this.scoreboard.isEmpty) {
      if (this.purpose === 'persist' && this.timer.isSet) this.host.transmitProbe();
      return;
    }
    if (!this.roundTrip.isBackedOff) return;
    this.roundTrip.forgetBackoff();
    this.scoreboard.markAllLost();
    this.output(now);
  }

  stop(): void {
    this.timer.stop();
    this.scoreboard.clear();
    this.buffer.clear();
  }

  private lookForLoss(advanced: boolean, now: number): void {
    const isRecovering = this.state !== 'open';
    this.reorderingDelay = this.scoreboard.detectLoss(isRecovering, this.recoveryPoint, advanced, now);
    if (isRecovering || !this.scoreboard.hasLost) return;
    this.state = 'recovery';
    this.recoveryPoint = this.next;
    this.congestion.lost();
  }

  private sendLost(now: number): Sent {
    const segment = this.scoreboard.firstLost(this.segmentSize);
    if (segment === undefined || !this.mayFly(segment.end - segment.start)) return 'nothing';
    this.scoreboard.resent(segment, now);
    this.retransmissions += 1;
    return this.transmit(segment.start, segment.end, now);
  }

  /** `force`: also less than silly window avoidance asks for. */
  private sendNew(now: number, force: boolean): Sent {
    const waiting = this.finalOffset - this.next;
    if (waiting <= 0) return 'nothing';
    const room = this.unacknowledged + this.window - this.next;
    const fits = Math.min(waiting, room, this.segmentSize);
    if (fits <= 0) return 'nothing';
    // RFC 9293, section 3.8.6.2.1: a full segment, all there is, or half of the largest window ever seen.
    if (!force && fits < this.segmentSize && fits < waiting && fits < this.maximumWindow / 2) return 'nothing';
    if (!this.mayFly(fits)) return 'nothing';
    if (this.scoreboard.isEmpty) this.progressAt = this.heardAt = now;
    const start = this.next;
    this.scoreboard.sent(start, start + fits, now);
    this.next += fits;
    return this.transmit(start, start + fits, now);
  }

  private mayFly(bytes: number): boolean {
    const { inFlight } = this.scoreboard;
    if (inFlight === 0 || inFlight + bytes <= this.congestion.window) return true;
    this.isWindowLimited = true;
    return false;
  }

  private transmit(start: number, end: number, now: number): Sent {
    this.lastSentAt = now;
    const dataEnd = Math.min(end, this.buffer.end);
    return this.host.transmit(start, dataEnd - start, end > dataEnd) ? 'sent' : 'congested';
  }

  private setTimer(now: number): void {
    if (!this.scoreboard.isEmpty) {
      this.setLossTimer(now);
    } else if (this.next >= this.finalOffset) {
      this.timer.clear();
    } else if (this.purpose !== 'persist' || !this.timer.isSet) {
      // Data waits and nothing is in flight: the window is too small (RFC 9293, section 3.8.6.1).
      const wait = Math.min(this.roundTrip.timeout * 2 ** this.persistBackoff, MAX_PERSIST_MS);
      this.setTimerFor('persist', now + wait);
    }
  }

  private setLossTimer(now: number): void {
    if (this.reorderingDelay > 0) {
      this.setTimerFor('reordering', now + this.reorderingDelay);
      return;
    }
    const retransmitAt = Math.max(this.scoreboard.firstSentAt, this.progressAt) + this.roundTrip.timeout;
    if (this.state === 'open' && this.selective && !this.tailProbed && this.roundTrip.smoothed > 0) {
      const delayed = this.scoreboard.length === 1 ? MAX_ACK_DELAY_MS : 0;
      const probeAt = this.lastSentAt + Math.max(2 * this.roundTrip.smoothed, MINIMUM_PROBE_MS) + delayed;
      if (probeAt < retransmitAt) {
        this.setTimerFor('probe-tail', probeAt);
        return;
      }
    }
    this.setTimerFor('retransmit', retransmitAt);
  }

  private setTimerFor(purpose: TimerPurpose, time: number): void {
    this.purpose = purpose;
    this.timer.at(time);
  }

  private onTimer(): void {
    const now = this.host.clock.now();
    switch (this.purpose) {
      case 'pause':
        this.output(now);
        return;
      case 'persist':
        this.persistBackoff += 1;
        if (this.sendNew(now, true) === 'nothing') this.host.transmitProbe();
        this.output(now);
        return;
      case 'reordering':
        this.lookForLoss(false, now);
        this.output(now);
        return;
      case 'probe-tail':
        this.probeTail(now);
        return;
      case 'retransmit':
        if (!this.scoreboard.isEmpty) this.onRetransmit(now);
    }
  }

  /** The retransmission timer (RFC 6298, section 5; RFC 5681, section 3.1). */
  private onRetransmit(now: number): void {
    if (now - this.heardAt >= this.timeoutMs) {
      this.host.timedOut();
      return;
    }
    this.congestion.timedOut(this.state !== 'timeout');
    if (this.state === 'timeout' && this.roundTrip.isBackedOff) this.scoreboard.forgetSelective();
    this.state = 'timeout';
    this.recoveryPoint = this.next;
    this.scoreboard.markAllLost();
    this.roundTrip.backOff();
    this.output(now);
    this.host.answerDue?.();
  }

  /** RFC 8985, section 7.3: new data or the last segment again, so that an acknowledgment tells of what is missing before it. */
  private probeTail(now: number): void {
    this.tailProbed = true;
    if (this.sendNew(now, false) === 'nothing') {
      const last = this.scoreboard.lastOpen();
      if (last !== undefined) {
        this.scoreboard.resent(last, now);
        this.retransmissions += 1;
        this.transmit(Math.max(last.start, last.end - this.segmentSize), last.end, now);
      }
    }
    this.setTimer(now);
  }
}
