import { foldChecksum, sumBytes, sumOfNumber, writeChecksum } from './checksum.js';

/** IPv6 (RFC 8200, section 3). */
export const HEADER_BYTES = 40;
export const SOURCE = 8;
export const DESTINATION = 24;
export const HOP_LIMIT = 64;
/** Every IPv6 link carries packets of this size (section 5). */
export const MINIMUM_MTU = 1_280;

export const Protocol = { tcp: 6, udp: 17, icmpv6: 58 } as const;

/** Extension headers that may be skipped. Fragments (44) are not put together: nobody needs them through a tunnel. */
const SKIPPED_HEADERS = new Set([0, 43, 60]);

/** Both addresses of a flow, as bytes in one block: source 16, destination 16. */
export interface Flow {
  addresses: Buffer;
  /** Sum of the addresses and the protocol: the fixed part of the checksum. */
  sum: number;
}

/** Prepares packets from `source` to `destination`. */
export function createFlow(source: Uint8Array, destination: Uint8Array, protocol: number): Flow {
  const addresses = Buffer.alloc(32);
  addresses.set(source, 0);
  addresses.set(destination, 16);
  return { addresses, sum: sumBytes(addresses, 0, 32) + sumOfNumber(protocol) };
}

/** The IPv6 header of a packet whose payload is `payloadBytes` long. */
export function writeHeader(packet: Buffer, flow: Flow, payloadBytes: number, protocol: number): void {
  packet[0] = 0x60;
  packet[1] = packet[2] = packet[3] = 0;
  packet[4] = payloadBytes >> 8;
  packet[5] = payloadBytes & 0xff;
  packet[6] = protocol;
  packet[7] = HOP_LIMIT;
  packet.set(flow.addresses, SOURCE);
}

/** Puts the checksum over pseudo-header and payload at `offset`, whose two bytes must be zero. */
export function fillChecksum(packet: Buffer, flow: Flow, payloadBytes: number, offset: number): void {
  const sum = flow.sum + sumOfNumber(payloadBytes) + sumBytes(packet, HEADER_BYTES, HEADER_BYTES + payloadBytes);
  writeChecksum(packet, offset, foldChecksum(sum));
}

/** Whether the payload between `start` and `end` has the right checksum. */
export function hasValidChecksum(packet: Buffer, start: number, end: number, protocol: number): boolean {
  const sum =
    sumBytes(packet, SOURCE, HEADER_BYTES) +
    sumOfNumber(protocol) +
    sumOfNumber(end - start) +
    sumBytes(packet, start, end);
  return foldChecksum(sum) === 0;
}

/** Where the payload of a packet lies, or `null` when it is no whole IPv6 packet, or one that we do not understand. */
export function findPayload(packet: Buffer): { protocol: number; start: number; end: number } | null {
  if (packet.length < HEADER_BYTES || (packet[0] as number) >> 4 !== 6) return null;
  const end = HEADER_BYTES + packet.readUInt16BE(4);
  if (end > packet.length) return null;
  let protocol = packet[6] as number;
  let start = HEADER_BYTES;
  while (SKIPPED_HEADERS.has(protocol)) {
    if (start + 8 > end) return null;
    protocol = packet[start] as number;
    start += ((packet[start + 1] as number) + 1) * 8;
  }
  return start <= end ? { protocol, start, end } : null;
}
