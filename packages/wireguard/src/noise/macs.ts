import { timingSafeEqual } from 'node:crypto';
import { openCookie, sealCookie } from './aead.js';
import { hash, mac } from './hashes.js';
import type { RandomBytes } from './keys.js';
import { CookieReply, Initiation, MAC_BYTES, MessageType } from './messages.js';

/** Section 5.4.7: secrets and cookies live this long. */
const COOKIE_LIFETIME_MS = 120_000;
const MAC1_LABEL = Buffer.from('mac1----');
const COOKIE_LABEL = Buffer.from('cookie--');
const NONCE_BYTES = 24;
const COOKIE_BYTES = 16;

/** Puts the MACs on handshake messages for one peer, and keeps the cookie that it may have sent (section 5.4.4). */
export class MacWriter {
  private readonly mac1Key: Buffer;
  private readonly cookieKey: Buffer;
  private lastMac1: Uint8Array | undefined;
  private cookie: { value: Uint8Array; receivedAt: number } | undefined;

  constructor(remotePublicKey: Buffer) {
    this.mac1Key = hash(MAC1_LABEL, remotePublicKey);
    this.cookieKey = hash(COOKIE_LABEL, remotePublicKey);
  }

  /** Fills in the last 32 bytes of an initiation or a response. */
  write(message: Buffer, now: number): void {
    const mac1At = message.length - 2 * MAC_BYTES;
    const mac2At = message.length - MAC_BYTES;
    this.lastMac1 = mac(this.mac1Key, message.subarray(0, mac1At));
    message.set(this.lastMac1, mac1At);
    if (this.cookie !== undefined && now - this.cookie.receivedAt < COOKIE_LIFETIME_MS) {
      message.set(mac(this.cookie.value, message.subarray(0, mac2At)), mac2At);
    } else {
      message.fill(0, mac2At);
    }
  }

  /** Takes a cookie reply to the message sent last; `false` when it is not authentic. */
  takeCookie(reply: Buffer, now: number): boolean {
    if (this.lastMac1 === undefined) return false;
    const nonce = reply.subarray(CookieReply.nonce, CookieReply.nonce + NONCE_BYTES);
    const value = openCookie(this.cookieKey, nonce, reply.subarray(CookieReply.cookie), this.lastMac1);
    if (value === null) return false;
    this.cookie = { value, receivedAt: now };
    return true;
  }
}

/** Checks the MACs of handshake messages that come in, and gives out cookies while there are too many. */
export class MacChecker {
  private readonly mac1Key: Buffer;
  private readonly cookieKey: Buffer;
  private secret: { value: Buffer; madeAt: number } | undefined;

  constructor(
    localPublicKey: Buffer,
    private readonly random: RandomBytes,
  ) {
    this.mac1Key = hash(MAC1_LABEL, localPublicKey);
    this.cookieKey = hash(COOKIE_LABEL, localPublicKey);
  }

  /** Whether the sender knows our public key. Nothing else about a message may be looked at before. */
  hasValidMac1(message: Buffer): boolean {
    const at = message.length - 2 * MAC_BYTES;
    return timingSafeEqual(mac(this.mac1Key, message.subarray(0, at)), message.subarray(at, at + MAC_BYTES));
  }

  /** Whether the sender has a cookie of ours, and so can receive at `source`. */
  hasValidMac2(message: Buffer, source: string, now: number): boolean {
    const at = message.length - MAC_BYTES;
    return timingSafeEqual(mac(this.cookieFor(source, now), message.subarray(0, at)), message.subarray(at));
  }

  /** The reply to a handshake message that came without a cookie. */
  createCookieReply(message: Buffer, source: string, now: number): Buffer {
    const reply = Buffer.alloc(CookieReply.bytes);
    reply[0] = MessageType.cookieReply;
    // The sender's index is at the same place in an initiation and a response.
    reply.writeUInt32LE(message.readUInt32LE(Initiation.sender), CookieReply.receiver);
    const nonce = this.random(NONCE_BYTES);
    nonce.copy(reply, CookieReply.nonce);
    const mac1At = message.length - 2 * MAC_BYTES;
    const mac1 = message.subarray(mac1At, mac1At + MAC_BYTES);
    reply.set(sealCookie(this.cookieKey, nonce, this.cookieFor(source, now), mac1), CookieReply.cookie);
    return reply;
  }

  private cookieFor(source: string, now: number): Uint8Array {
    if (this.secret === undefined || now - this.secret.madeAt >= COOKIE_LIFETIME_MS) {
      this.secret = { value: this.random(COOKIE_BYTES * 2), madeAt: now };
    }
    return mac(this.secret.value, Buffer.from(source));
  }
}
