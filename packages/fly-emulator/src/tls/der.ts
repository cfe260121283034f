/** The parts of DER (ITU-T X.690) that certificates are made of. */

const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One element with this tag around `parts`. */
export function element(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content), content]);
}

export const sequence = (...parts: Uint8Array[]): Buffer => element(Tag.sequence, ...parts);
export const set = (...parts: Uint8Array[]): Buffer => element(Tag.set, ...parts);
export const octets = (content: Uint8Array): Buffer => element(Tag.octetString, content);
export const utf8 = (text: string): Buffer => element(Tag.utf8String, Buffer.from(text));
export const yes = (): Buffer => element(Tag.boolean, Buffer.from([0xff]));

/** A number that is not negative, from its bytes. */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const short = first < 0 ? Buffer.from([0]) : Buffer.from(bytes.subarray(first));
  // The highest bit would be a sign.
  return element(Tag.integer, ...((short[0] as number) > 0x7f ? [Buffer.from([0])] : []), short);
}

/** `unused`: bits at the end of the last byte that do not count. */
export const bits = (content: Uint8Array, unused = 0): Buffer => element(Tag.bitString, Buffer.from([unused]), content);

/** `[number]` around its content. */
export const tagged = (number: number, ...parts: Uint8Array[]): Buffer => element(0xa0 + number, ...parts);
/** The same in the place of the content's own tag. */
export const implicit = (number: number, content: Uint8Array): Buffer => element(0x80 + number, content);

/** `1.2.840.10045.4.3.2` */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...others] = text.split('.').map(Number);
  return element(Tag.oid, Buffer.from([first * 40 + second, ...others.flatMap(base128)]));
}

/** Times until 2049 are written with two digits of the year (RFC 5280, section 4.1.2.5). */
export function time(at: Date): Buffer {
  const text = `${at.toISOString().replace(/[-:T]|\.\d+/g, '')}`;
  return at.getUTCFullYear() < 2050
    ? element(Tag.utcTime, Buffer.from(text.slice(2)))
    : element(Tag.generalizedTime, Buffer.from(text));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift(0x80 | (left & 0x7f));
  return digits;
}

function lengthOf({ length }: Uint8Array): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = [];
  for (let left = length; left > 0; left >>>= 8) bytes.unshift(left & 0xff);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}
