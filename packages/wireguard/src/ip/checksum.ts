/**
 * The Internet checksum (RFC 1071). Sums are kept in the byte order of this computer, 32 bits at a time: the sum does not care,
 * and it is five times as fast.
 */
const IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const WORD = 4;

/** The sum of the bytes from `start` to `end`, to be added to others. `start` must be even in what is summed up. */
export function sumBytes(buffer: Uint8Array, start: number, end: number): number {
  const first = buffer.byteOffset + start;
  const words = first % WORD === 0 ? (end - start) >> 2 : 0;
  let sum = 0;
  if (words > 0) {
    const view = new Uint32Array(buffer.buffer, first, words);
    for (let index = 0; index < words; index += 1) sum += view[index] as number;
  }
  let position = start + words * WORD;
  for (; position + 1 < end; position += 2) sum += pair(buffer[position] as number, buffer[position + 1] as number);
  if (position < end) sum += pair(buffer[position] as number, 0);
  return sum;
}

/** What a length or protocol number adds to the sum of a pseudo-header (RFC 8200, section 8.1). */
export function sumOfNumber(value: number): number {
  return pair((value >>> 8) & 0xff, value & 0xff);
}

/** Sixteen bits, in the byte order of this computer. 0 for data that contains its own right checksum. */
export function foldChecksum(sum: number): number {
  const high = Math.floor(sum / 2 ** 32);
  const low = sum >>> 0;
  let folded = (low & 0xffff) + (low >>> 16) + (high & 0xffff) + (high >>> 16);
  folded = (folded & 0xffff) + (folded >>> 16);
  folded = (folded & 0xffff) + (folded >>> 16);
  return ~folded & 0xffff;
}

/** Writes what {@link foldChecksum} returned. */
export function writeChecksum(buffer: Uint8Array, offset: number, checksum: number): void {
  const [first, second] = IS_LITTLE_ENDIAN ? [checksum & 0xff, checksum >> 8] : [checksum >> 8, checksum & 0xff];
  buffer[offset] = first;
  buffer[offset + 1] = second;
}

function pair(first: number, second: number): number {
  return IS_LITTLE_ENDIAN ? first | (second << 8) : (first << 8) | second;
}
