import type { Link } from './link.js';
import {
  createFlow,
  DESTINATION,
  fillChecksum,
  hasValidChecksum,
  HEADER_BYTES,
  MINIMUM_MTU,
  Protocol,
  SOURCE,
  writeHeader,
} from './packet.js';

/** ICMPv6 (RFC 4443). */
const Type = { unreachable: 1, packetTooBig: 2, echoRequest: 128, echoReply: 129 } as const;
export const UnreachableCode = { administrativelyProhibited: 1, address: 3, port: 4 } as const;
const ICMP_HEADER_BYTES = 8;
const CHECKSUM = HEADER_BYTES + 2;
/** Errors that are sent per second (section 2.4 f). */
const MAX_ERRORS_PER_SECOND = 100;

/** What an error message says about a packet that we sent. */
export interface IcmpError {
  kind: 'unreachable' | 'packet-too-big';
  code: number;
  /** Of the next link, for `packet-too-big`. */
  mtu: number;
  /** The beginning of our packet, from its IPv6 header on. */
  original: Buffer;
}

/** Answers echo requests, sends them, and passes on errors. */
export class Icmp {
  private readonly waiting = new Map<number, (at: number) => void>();
  private nextIdentifier: number;
  private errorsSince = -Infinity;
  private errors = 0;

  constructor(
    private readonly link: Link,
    private readonly onError: (error: IcmpError) => void,
  ) {
    this.nextIdentifier = link.random(2).readUInt16BE(0);
  }

  input(packet: Buffer, start: number, end: number): void {
    if (end - start < ICMP_HEADER_BYTES || !hasValidChecksum(packet, start, end, Protocol.icmpv6)) return;
    switch (packet[start]) {
      case Type.echoRequest:
        this.reply(packet, start, end);
        return;
      case Type.echoReply:
        this.waiting.get(packet.readUInt32BE(start + 4))?.(this.link.clock.now());
        return;
      case Type.unreachable:
      case Type.packetTooBig:
        this.takeError(packet, start, end);
        return;
      default:
    }
  }

  /**
   * Milliseconds until `destination` has answered an echo request, or `null` when it has not within `timeoutMs`.
   */
  ping(source: Buffer, destination: Buffer, timeoutMs: number): Promise<number | null> {
    this.nextIdentifier = (this.nextIdentifier + 1) & 0xffff;
    const key = ((this.nextIdentifier << 16) | 1) >>> 0;
    const startedAt = this.link.clock.now();
    return new Promise((resolve) => {
      const cancel = this.link.clock.setTimer(() => finish(null), timeoutMs);
      const finish = (result: number | null): void => {
        cancel();
        this.waiting.delete(key);
        resolve(result);
      };
      this.waiting.set(key, (at) => finish(at - startedAt));
      this.send(source, destination, Type.echoRequest, 0, key, Buffer.alloc(32, 'sindri'));
    });
  }

  /** Tells the sender of `packet` that it cannot be delivered (section 3.1). */
  sendUnreachable(packet: Buffer, end: number, code: number): void {
    const now = this.link.clock.now();
    if (now - this.errorsSince >= 1_000) {
      this.errorsSince = now;
      this.errors = 0;
    }
    this.errors += 1;
    if (this.errors > MAX_ERRORS_PER_SECOND) return;
    const quoted = packet.subarray(0, Math.min(end, MINIMUM_MTU - HEADER_BYTES - ICMP_HEADER_BYTES));
    const source = packet.subarray(DESTINATION, DESTINATION + 16);
    this.send(source, packet.subarray(SOURCE, SOURCE + 16), Type.unreachable, code, 0, quoted);
  }

  private reply(packet: Buffer, start: number, end: number): void {
    if (end - start + HEADER_BYTES > this.link.mtu) return;
    const source = packet.subarray(DESTINATION, DESTINATION + 16);
    const destination = packet.subarray(SOURCE, SOURCE + 16);
    const data = packet.subarray(start + ICMP_HEADER_BYTES, end);
    this.send(source, destination, Type.echoReply, 0, packet.readUInt32BE(start + 4), data);
  }

  private takeError(packet: Buffer, start: number, end: number): void {
    const original = packet.subarray(start + ICMP_HEADER_BYTES, end);
    if (original.length < HEADER_BYTES) return;
    const kind = packet[start] === Type.packetTooBig ? 'packet-too-big' : 'unreachable';
    this.onError({ kind, code: packet[start + 1] as number, mtu: packet.readUInt32BE(start + 4), original });
  }

  private send(
    source: Uint8Array,
    destination: Uint8Array,
    type: number,
    code: number,
    rest: number,
    data: Uint8Array,
  ): void {
    const { scratch } = this.link;
    const length = ICMP_HEADER_BYTES + data.length;
    const flow = createFlow(source, destination, Protocol.icmpv6);
    writeHeader(scratch, flow, length, Protocol.icmpv6);
    scratch[HEADER_BYTES] = type;
    scratch[HEADER_BYTES + 1] = code;
    scratch[CHECKSUM] = scratch[CHECKSUM + 1] = 0;
    scratch.writeUInt32BE(rest, HEADER_BYTES + 4);
    scratch.set(data, HEADER_BYTES + ICMP_HEADER_BYTES);
    fillChecksum(scratch, flow, length, CHECKSUM);
    this.link.send(HEADER_BYTES + length);
  }
}
