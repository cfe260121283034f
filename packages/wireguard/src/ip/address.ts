import { isIPv6 } from 'node:net';

export const ADDRESS_BYTES = 16;
const GROUPS = 8;

/** The 16 bytes of an IPv6 address, brackets and a zone left out. Throws a `TypeError` for anything else. */
export function parseAddress(text: string): Buffer {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (!isIPv6(bare) || bare.includes('%')) throw new TypeError(`"${text}" is not an IPv6 address.`);
  const [head = '', tail] = withoutDottedQuad(bare).split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const groups = [...before, ...Array<number>(GROUPS - before.length - after.length).fill(0), ...after];
  const bytes = Buffer.alloc(ADDRESS_BYTES);
  groups.forEach((group, index) => bytes.writeUInt16BE(group, index * 2));
  return bytes;
}

/** An IPv6 address as RFC 5952 writes it: lower case, the longest run of zero groups left out. */
export function formatAddress(bytes: Uint8Array, offset = 0): string {
  const groups = Array.from(
    { length: GROUPS },
    (_, index) => ((bytes[offset + index * 2] as number) << 8) | (bytes[offset + index * 2 + 1] as number),
  );
  const run = longestZeroRun(groups);
  const text = (part: number[]): string => part.map((group) => group.toString(16)).join(':');
  if (run.length < 2) return text(groups);
  return `${text(groups.slice(0, run.start))}::${text(groups.slice(run.start + run.length))}`;
}

/** `address/length`, with the bits after `length` cleared. A bare address is a prefix of 128 bits. */
export function parsePrefix(text: string): { address: Buffer; length: number } {
  const [address = '', bits = '128', ...rest] = text.split('/');
  const length = Number(bits);
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits) || length > 128)
    throw new TypeError(`"${text}" is not an IPv6 prefix.`);
  const bytes = parseAddress(address);
  for (let bit = length; bit < 128; bit += 1) {
    const index = bit >> 3;
    bytes[index] = (bytes[index] as number) & ~(0x80 >> (bit & 7));
  }
  return { address: bytes, length };
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

/** `::ffff:1.2.3.4` ends in two groups written as four decimal numbers. */
function withoutDottedQuad(text: string): string {
  return text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_match, a: string, b: string, c: string, d: string) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  );
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  });
  return best;
}
