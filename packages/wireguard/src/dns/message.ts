import { formatAddress } from '../ip/address.js';

/** DNS messages (RFC 1035, section 4; AAAA: RFC 3596). */
export const RecordType = { a: 1, cname: 5, txt: 16, aaaa: 28 } as const;
export const ResponseCode = { success: 0, formatError: 1, serverFailure: 2, noSuchName: 3, refused: 5 } as const;

const HEADER_BYTES = 12;
const CLASS_IN = 1;
const FLAG_RESPONSE = 0x8000;
const FLAG_TRUNCATED = 0x0200;
const FLAG_RECURSION_DESIRED = 0x0100;
const MAX_NAME_BYTES = 255;
const MAX_LABEL_BYTES = 63;
/** A name that jumps more often goes in circles. */
const MAX_JUMPS = 32;

export interface DnsRecord {
  name: string;
  type: number;
  ttl: number;
  /** An address for A and AAAA, a name for CNAME, the joined strings for TXT, and nothing for all else. */
  value: string;
}

export interface DnsResponse {
  id: number;
  code: number;
  /** There is more, by TCP. */
  isTruncated: boolean;
  /** Name and type of the question. */
  question: { name: string; type: number };
  answers: DnsRecord[];
}

/** One question. Throws a `TypeError` for a name that cannot be asked for. */
export function encodeQuery(id: number, name: string, type: number): Buffer {
  const encoded = encodeName(name);
  const query = Buffer.alloc(HEADER_BYTES + encoded.length + 4);
  query.writeUInt16BE(id, 0);
  query.writeUInt16BE(FLAG_RECURSION_DESIRED, 2);
  query.writeUInt16BE(1, 4);
  encoded.copy(query, HEADER_BYTES);
  query.writeUInt16BE(type, HEADER_BYTES + encoded.length);
  query.writeUInt16BE(CLASS_IN, HEADER_BYTES + encoded.length + 2);
  return query;
}

/** An answer with one question, or `null` when it is malformed or none. */
export function decodeResponse(message: Buffer): DnsResponse | null {
  try {
    return decode(message);
  } catch {
    // It ends before what it promises.
    return null;
  }
}

function decode(message: Buffer): DnsResponse | null {
  const flags = message.readUInt16BE(2);
  if ((flags & FLAG_RESPONSE) === 0 || message.readUInt16BE(4) !== 1) return null;
  const asked = readName(message, HEADER_BYTES);
  const question = { name: asked.name, type: message.readUInt16BE(asked.end) };
  const answers: DnsRecord[] = [];
  let position = asked.end + 4;
  for (let count = message.readUInt16BE(6); count > 0; count -= 1) {
    const { name, end } = readName(message, position);
    const type = message.readUInt16BE(end);
    const length = message.readUInt16BE(end + 8);
    const start = end + 10;
    if (start + length > message.length) throw new RangeError('cut off');
    answers.push({ name, type, ttl: message.readUInt32BE(end + 4), value: readValue(message, type, start, length) });
    position = start + length;
  }
  const isTruncated = (flags & FLAG_TRUNCATED) !== 0;
  return { id: message.readUInt16BE(0), code: flags & 0xf, isTruncated, question, answers };
}

function readValue(message: Buffer, type: number, start: number, length: number): string {
  if (type === RecordType.aaaa && length === 16) return formatAddress(message, start);
  if (type === RecordType.a && length === 4) return [...message.subarray(start, start + 4)].join('.');
  if (type === RecordType.cname) return readName(message, start).name;
  if (type !== RecordType.txt) return '';
  let text = '';
  for (let position = start; position < start + length;) {
    const size = message[position] as number;
    text += message.toString('utf8', position + 1, Math.min(position + 1 + size, start + length));
    position += 1 + size;
  }
  return text;
}

/** A name without its last dot, in lower case, and where what follows it begins. */
function readName(message: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let end = -1;
  let position = start;
  for (let jumps = 0; ;) {
    const length = message.readUInt8(position);
    if (length === 0) break;
    if (length >= 0xc0) {
      if (end < 0) end = position + 2;
      jumps += 1;
      if (jumps > MAX_JUMPS) throw new RangeError('a name without an end');
      position = message.readUInt16BE(position) & 0x3fff;
      continue;
    }
    if (length > MAX_LABEL_BYTES || position + 1 + length > message.length)
      throw new RangeError('a label that is cut off');
    labels.push(message.toString('latin1', position + 1, position + 1 + length).toLowerCase());
    position += 1 + length;
    if (labels.length > MAX_NAME_BYTES / 2) throw new RangeError('a name that is too long');
  }
  return { name: labels.join('.'), end: end < 0 ? position + 1 : end };
}

function encodeName(name: string): Buffer {
  const labels = name.replace(/\.$/, '').split('.');
  const parts = labels.map((label) => {
    const bytes = Buffer.from(label, 'latin1');
    if (bytes.length === 0 || bytes.length > MAX_LABEL_BYTES) throw new TypeError(`"${name}" is not a host name.`);
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  });
  const encoded = Buffer.concat([...parts, Buffer.from([0])]);
  if (encoded.length > MAX_NAME_BYTES) throw new TypeError(`"${name}" is not a host name.`);
  return encoded;
}
