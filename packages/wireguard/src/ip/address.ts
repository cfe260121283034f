export const ADDRESS_BYTES = 16;
const GROUPS = 8;

/** The 16 bytes of an IPv6 address, brackets and a zone left out. Throws a `TypeError` for anything else. */
export function parseAddress(text: string): Buffer {
  const groups = readGroups(text.replace(/^\[(.*)\]$/, '$1'));
  if (groups === null) throw new TypeError(`"${text}" is not an IPv6 address.`);
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

/** Whether `address` stands in `packet` at `offset`. Asked for every packet: the last bytes differ most often. */
export function isAddressAt(packet: Uint8Array, offset: number, address: Uint8Array): boolean {
  for (let index = ADDRESS_BYTES - 1; index >= 0; index -= 1) {
    if (packet[offset + index] !== address[index]) return false;
  }
  return true;
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

/** By the grammar of RFC 4291, section 2.2; `null` for what is none. The pattern that Node has for it takes ms to compile. */
function readGroups(text: string): number[] | null {
  const [head = '', tail, ...rest] = withoutDottedQuad(text).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = GROUPS - before.length - after.length;
  const isWhole = tail === undefined ? missing === 0 : missing > 0;
  if (rest.length > 0 || !isWhole || ![...before, ...after].every(isGroup)) return null;
  const number = (group: string): number => Number.parseInt(group, 16);
  return [...before.map(number), ...Array<number>(missing).fill(0), ...after.map(number)];
}

const isGroup = (text: string): boolean => /^[0-9a-f]{1,4}$/i.test(text);

/** `::ffff:1.2.3.4` ends in two groups written as four decimal numbers. What is no such end is left alone, and so is no address. */
function withoutDottedQuad(text: string): string {
  return text.replace(/(?<=:)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/, (whole, ...parts: string[]) => {
    const bytes = parts.slice(0, 4).map(Number);
    if (bytes.some((byte, index) => byte > 255 || String(byte) !== parts[index])) return whole;
    const [a = 0, b = 0, c = 0, d = 0] = bytes;
    return [a * 256 + b, c * 256 + d].map((group) => group.toString(16)).join(':');
  });
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
