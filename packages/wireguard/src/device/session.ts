import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import type { Clock } from '../clock.js';
import { TAG_BYTES } from '../noise/aead.js';
import type { TransportKeys } from '../noise/handshake.js';
import { MessageType, Transport } from '../noise/messages.js';
import { ReplayWindow } from '../noise/replay-window.js';
import { REJECT_AFTER_MESSAGES } from './constants.js';

const ALGORITHM = 'chacha20-poly1305';
const OPTIONS = { authTagLength: TAG_BYTES };
const HIGH_WORD = 2 ** 32;
/** Where numbers stop being exact. */
const MAX_HIGH_WORD = 2 ** 21;

/** The keys that one handshake led to: seals what is sent and opens what is received (paper, section 5.4.6). */
export class Session {
  readonly createdAt: number;
  private readonly createdAtWall: number;
  readonly remoteIndex: number;
  /** Counter of the next packet, and so the number of packets sealed so far. */
  sent = 0;
  private readonly nonce = Buffer.alloc(12);
  private readonly openNonce = Buffer.alloc(12);
  private readonly replay = new ReplayWindow();
  /** Key objects are a tenth faster than bytes. */
  private sendKey: KeyObject | undefined;
  private receiveKey: KeyObject | undefined;

  /** Takes the keys over: their bytes are overwritten. */
  constructor(
    keys: TransportKeys,
    readonly localIndex: number,
    /** Whether this side began the handshake, and so renews it. */
    readonly isInitiator: boolean,
    clock: Pick<Clock, 'now' | 'wallTime'>,
  ) {
    this.createdAt = clock.now();
    this.createdAtWall = clock.wallTime();
    this.remoteIndex = keys.remoteIndex;
    this.sendKey = createSecretKey(keys.sendKey);
    this.receiveKey = createSecretKey(keys.receiveKey);
    keys.sendKey.fill(0);
    keys.receiveKey.fill(0);
  }

  /**
   * How old the keys are at the other side, whose time goes on while this computer sleeps: that of its own steady clock may stand still then.
   * Where the wall clock was set forward, they are only renewed early.
   */
  ageThere(clock: Pick<Clock, 'now' | 'wallTime'>): number {
    return Math.max(clock.now() - this.createdAt, clock.wallTime() - this.createdAtWall);
  }

  /** Whether another packet may be sealed under these keys. */
  get isExhausted(): boolean {
    return this.sent >= REJECT_AFTER_MESSAGES;
  }

  /** One transport message in three parts: header, sealed packet, tag. `plaintext` must be padded already. */
  seal(plaintext: Uint8Array): readonly [Buffer, Buffer, Buffer] {
    const counter = this.sent;
    this.sent += 1;
    const low = counter % HIGH_WORD;
    const high = (counter - low) / HIGH_WORD;
    const header = Buffer.allocUnsafe(Transport.content);
    header.writeUInt32LE(MessageType.transport, 0);
    header.writeUInt32LE(this.remoteIndex, Transport.receiver);
    header.writeUInt32LE(low, Transport.counter);
    header.writeUInt32LE(high, Transport.counter + 4);
    this.nonce.writeUInt32LE(low, 4);
    this.nonce.writeUInt32LE(high, 8);
    const cipher = createCipheriv(ALGORITHM, this.sendKey as KeyObject, this.nonce, OPTIONS);
    const body = cipher.update(plaintext);
    cipher.final();
    return [header, body, cipher.getAuthTag()];
  }

  /** The packet inside a transport message, or `null` when it is not authentic, was seen before or comes far too late. */
  open(message: Buffer): Buffer | null {
    const low = message.readUInt32LE(Transport.counter);
    const high = message.readUInt32LE(Transport.counter + 4);
    if (high >= MAX_HIGH_WORD) return null;
    this.openNonce.writeUInt32LE(low, 4);
    this.openNonce.writeUInt32LE(high, 8);
    const end = message.length - TAG_BYTES;
    const decipher = createDecipheriv(ALGORITHM, this.receiveKey as KeyObject, this.openNonce, OPTIONS);
    decipher.setAuthTag(message.subarray(end));
    const plaintext = decipher.update(message.subarray(Transport.content, end));
    try {
      decipher.final();
    } catch {
      return null;
    }
    return this.replay.accept(high * HIGH_WORD + low) ? plaintext : null;
  }

  /** Lets go of the keys. The session must not be used any more. */
  erase(): void {
    this.sendKey = this.receiveKey = undefined;
  }
}
