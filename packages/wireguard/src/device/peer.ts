import type { Clock } from '../clock.js';
import {
  createInitiation,
  createResponse,
  type OpenedInitiation,
  openResponse,
  type PendingInitiation,
} from '../noise/handshake.js';
import type { PrivateKey, PublicKey, RandomBytes } from '../noise/keys.js';
import { MacWriter } from '../noise/macs.js';
import { TimestampSource } from '../noise/timestamp.js';
import type { Endpoint } from '../transport/endpoint.js';
import {
  KEEPALIVE_TIMEOUT,
  MAX_STAGED_PACKETS,
  MIN_INITIATION_INTERVAL,
  REJECT_AFTER_TIME,
  REKEY_AFTER_MESSAGES,
  REKEY_AFTER_TIME,
  REKEY_TIMEOUT,
} from './constants.js';
import { PeerTimers } from './peer-timers.js';
import { Session } from './session.js';

const EMPTY = Buffer.alloc(0);
const PADDING = 16;

/** What a peer needs of the device that it belongs to. */
export interface PeerHost {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly privateKey: PrivateKey;
  readonly mtu: number;
  /** A fresh index by which the other side will name `peer`, released with {@link release}. */
  allocate(peer: Peer): number;
  release(index: number): void;
}

/** One other side of the tunnel, as the device is told of it. */
export interface PeerConfig {
  publicKey: PublicKey;
  /** 32 zero bytes for none. */
  presharedKey: Buffer;
  /** Where it may be reached. A handshake is sent to all of them, and the first that answers is used. */
  endpoints: readonly Endpoint[];
  /** 0 for none. */
  persistentKeepaliveMs: number;
  handshakeRetryMs?: number;
  /** A handshake is complete. */
  onHandshake?(): void;
  /** Nothing has answered for 90 s; packets that waited are dropped. The next packet begins again. */
  onUnreachable?(): void;
  /** Something authentic has arrived after a silence of at least 1 s. */
  onPathAlive?(): void;
}

/** A silence from which on whoever waits for a retransmission had better not wait any longer. */
const SILENCE_MS = 1_000;

/** Handshakes, sessions and timers of one peer (paper, sections 5.4 and 6). */
export class Peer {
  readonly publicKey: PublicKey;
  /** Where the last authentic packet came from. */
  endpoint: Endpoint | undefined;
  lastHandshakeAt: number | undefined;
  lastReceivedAt = -Infinity;
  receivedBytes = 0;
  sentBytes = 0;

  private previous: Session | undefined;
  private current: Session | undefined;
  /** Made by a response of ours: not used for sending until something has arrived under it. */
  private next: Session | undefined;
  private pending: PendingInitiation | undefined;
  private staged: Buffer[] = [];
  private readonly macs: MacWriter;
  private readonly timestamps = new TimestampSource();
  private greatestTimestamp: Buffer | undefined;
  private lastInitiationSent = -Infinity;
  private lastInitiationReceived = -Infinity;
  private rekeyedOnReceive = false;
  private wasSilent = false;
  private readonly timers: PeerTimers;

  constructor(
    private readonly host: PeerHost,
    private readonly config: PeerConfig,
  ) {
    this.publicKey = config.publicKey;
    this.macs = new MacWriter(config.publicKey.raw);
    this.timers = new PeerTimers(
      host.clock,
      host.random,
      {
        retryHandshake: () => this.initiate(true),
        giveUpHandshake: () => this.giveUp(),
        renewSilentSession: () => this.initiate(false),
        sendKeepalive: () => this.sendKeepalive(),
        eraseKeys: () => this.eraseKeys(),
      },
      config.persistentKeepaliveMs,
      config.handshakeRetryMs,
    );
    for (const endpoint of config.endpoints) {
      endpoint.onReconnected = () => {
        if (this.endpoint === endpoint && this.hasSession) this.sendKeepalive();
      };
    }
  }

  get isCongested(): boolean {
    return this.endpoint?.isCongested === true;
  }

  /** Whether packets can be sent now, without a handshake before. */
  get hasSession(): boolean {
    return this.usableSession() !== undefined;
  }

  /**
   * Sends the first `length` bytes of `packet`, or keeps a copy until a handshake is done. `packet` must have room for padding
   * behind them, which is overwritten.
   */
  send(packet: Buffer, length: number): void {
    const session = this.usableSession();
    if (session === undefined) {
      if (this.staged.length >= MAX_STAGED_PACKETS) this.staged.shift();
      this.staged.push(Buffer.from(packet.subarray(0, length)));
      this.initiate(false);
      return;
    }
    this.sealAndSend(session, pad(packet, length, this.host.mtu));
    this.timers.dataSent();
  }

  /** Begins a handshake, unless one was begun a moment ago. */
  connect(): void {
    this.initiate(false);
  }

  /** An answer to what was sent must come now. When nothing does, the other side is taken to have forgotten the session. */
  answerDue(): void {
    this.timers.answerDue();
  }

  /** An initiation that is authentic. `false` when it is a replay, or follows too fast. */
  answerInitiation(opened: OpenedInitiation, from: Endpoint): boolean {
    const now = this.host.clock.now();
    if (now - this.lastInitiationReceived < MIN_INITIATION_INTERVAL) return false;
    if (this.greatestTimestamp !== undefined && opened.timestamp.compare(this.greatestTimestamp) <= 0) return false;
    const localIndex = this.host.allocate(this);
    const { presharedKey } = this.config;
    const response = createResponse(opened, this.publicKey, presharedKey, localIndex, this.host.random);
    if (response === null) {
      this.host.release(localIndex);
      return false;
    }
    this.greatestTimestamp = opened.timestamp;
    this.lastInitiationReceived = now;
    this.noteReceived(now, from);
    this.drop(this.next);
    this.drop(this.previous);
    this.previous = undefined;
    this.next = new Session(response.keys, localIndex, false, this.host.clock);
    this.macs.write(response.message, now);
    from.send([response.message]);
    this.timers.authenticPacketSent();
    return true;
  }

  /** A response to our initiation. */
  takeResponse(message: Buffer, from: Endpoint): boolean {
    const { pending } = this;
    if (pending === undefined) return false;
    const keys = openResponse(this.host.privateKey, pending, this.config.presharedKey, message);
    if (keys === null) return false;
    const now = this.host.clock.now();
    this.pending = undefined;
    this.noteReceived(now, from);
    const session = new Session(keys, pending.localIndex, true, this.host.clock);
    this.drop(this.previous);
    if (this.next !== undefined) {
      this.drop(this.current);
      this.previous = this.next;
      this.next = undefined;
    } else {
      this.previous = this.current;
    }
    this.current = session;
    this.handshakeDone(now);
    // Something must arrive under the new keys before the other side may use them.
    if (!this.flushStaged()) this.sendKeepalive();
    this.tellPathAlive();
    return true;
  }

  takeCookie(message: Buffer): boolean {
    return this.macs.takeCookie(message, this.host.clock.now());
  }

  /** The session that the other side means by `localIndex`. */
  sessionFor(localIndex: number): Session | undefined {
    if (this.current?.localIndex === localIndex) return this.current;
    if (this.next?.localIndex === localIndex) return this.next;
    if (this.previous?.localIndex === localIndex) return this.previous;
    return undefined;
  }

  /** Opens a transport message: the packet in it (empty for a keepalive), or `null` when it must be ignored. */
  open(session: Session, message: Buffer, from: Endpoint): Buffer | null {
    const now = this.host.clock.now();
    if (now - session.createdAt >= REJECT_AFTER_TIME) return null;
    const packet = session.open(message);
    if (packet === null) return null;
    this.receivedBytes += message.length;
    this.noteReceived(now, from);
    if (session === this.next) this.promoteNext(now);
    this.tellPathAlive();
    this.keepKeyFreshOnReceive(session, now);
    if (packet.length > 0) this.timers.dataReceived();
    return packet;
  }

  close(): void {
    this.timers.stop();
    this.staged = [];
    this.dropPending();
    this.eraseKeys();
    for (const endpoint of this.config.endpoints) endpoint.close?.();
  }

  private usableSession(): Session | undefined {
    const { current } = this;
    if (current === undefined || this.endpoint === undefined) return undefined;
    return current.ageThere(this.host.clock) < REJECT_AFTER_TIME && !current.isExhausted ? current : undefined;
  }

  private sealAndSend(session: Session, packet: Uint8Array): void {
    const parts = session.seal(packet);
    this.sentBytes += packet.length;
    this.endpoint?.send(parts);
    this.timers.authenticPacketSent();
    const age = this.host.clock.now() - session.createdAt;
    if (session.sent >= REKEY_AFTER_MESSAGES || (session.isInitiator && age >= REKEY_AFTER_TIME)) this.initiate(false);
  }

  private sendKeepalive(): void {
    const session = this.usableSession();
    if (session !== undefined) this.sealAndSend(session, EMPTY);
    else this.initiate(false);
  }

  private initiate(isRetry: boolean): void {
    const { clock, random, privateKey } = this.host;
    const now = clock.now();
    if (!isRetry) this.timers.restartAttempts();
    const tooSoonBy = this.lastInitiationSent + this.timers.pause - now;
    if (!isRetry && tooSoonBy > 0) {
      // One that was not answered yet is repeated anyway.
      if (this.pending === undefined) this.timers.initiateAfter(tooSoonBy);
      return;
    }
    const targets = this.targets(isRetry);
    if (targets.length === 0) return;
    this.lastInitiationSent = now;
    this.dropPending();
    const localIndex = this.host.allocate(this);
    const timestamp = this.timestamps.next(clock.wallTime());
    const { message, pending } = createInitiation(privateKey, this.publicKey, localIndex, timestamp, random);
    this.pending = pending;
    this.macs.write(message, now);
    for (const endpoint of targets) endpoint.send([message]);
    this.timers.authenticPacketSent();
    this.timers.initiationSent();
  }

  /** The endpoint that works; and once it does not answer, or before anything has, all that are known. */
  private targets(isRetry: boolean): readonly Endpoint[] {
    const { endpoint } = this;
    const { endpoints } = this.config;
    if (endpoint !== undefined && !isRetry) return [endpoint];
    if (isRetry) for (const candidate of endpoints) candidate.renew?.();
    return endpoint === undefined || endpoints.includes(endpoint) ? endpoints : [endpoint, ...endpoints];
  }

  private giveUp(): void {
    this.staged = [];
    this.dropPending();
    this.config.onUnreachable?.();
  }

  private promoteNext(now: number): void {
    this.drop(this.previous);
    this.previous = this.current;
    this.current = this.next;
    this.next = undefined;
    this.handshakeDone(now);
    this.flushStaged();
  }

  private handshakeDone(now: number): void {
    this.lastHandshakeAt = now;
    this.rekeyedOnReceive = false;
    this.timers.handshakeDone();
    this.config.onHandshake?.();
  }

  /** Whether there was something to send. */
  private flushStaged(): boolean {
    const { staged } = this;
    this.staged = [];
    for (const packet of staged) {
      const room = Buffer.alloc(packet.length + PADDING);
      packet.copy(room);
      this.send(room, packet.length);
    }
    return staged.length > 0;
  }

  /** The initiator renews a session that is only received on, too (section 6.2). */
  private keepKeyFreshOnReceive(session: Session, now: number): void {
    if (this.rekeyedOnReceive || !session.isInitiator || session !== this.current) return;
    if (now - session.createdAt < REJECT_AFTER_TIME - KEEPALIVE_TIMEOUT - REKEY_TIMEOUT) return;
    this.rekeyedOnReceive = true;
    this.initiate(false);
  }

  private noteReceived(now: number, from: Endpoint): void {
    const silence = now - this.lastReceivedAt;
    this.lastReceivedAt = now;
    if (this.endpoint !== from) this.useEndpoint(from);
    this.timers.authenticPacketReceived();
    if (silence >= SILENCE_MS) this.wasSilent = true;
  }

  /** Only under keys that the other side has for certain: what is sent again is lost under those that it has forgotten. */
  private tellPathAlive(): void {
    if (!this.wasSilent) return;
    this.wasSilent = false;
    this.config.onPathAlive?.();
  }

  private useEndpoint(endpoint: Endpoint): void {
    this.endpoint = endpoint;
    for (const other of this.config.endpoints) if (other !== endpoint) other.rest?.();
  }

  private eraseKeys(): void {
    this.drop(this.previous);
    this.drop(this.current);
    this.drop(this.next);
    this.previous = this.current = this.next = undefined;
  }

  private drop(session: Session | undefined): void {
    if (session === undefined) return;
    session.erase();
    this.host.release(session.localIndex);
  }

  private dropPending(): void {
    if (this.pending !== undefined) this.host.release(this.pending.localIndex);
    this.pending = undefined;
  }
}

/** Zero bytes up to a multiple of 16, but not beyond the MTU (section 5.4.6). */
function pad(packet: Buffer, length: number, mtu: number): Buffer {
  const padded = Math.max(length, Math.min(mtu, Math.ceil(length / PADDING) * PADDING, packet.length));
  for (let index = length; index < padded; index += 1) packet[index] = 0;
  return packet.subarray(0, padded);
}
