/** DNS messages as a server reads and writes them (RFC 1035, section 4; AAAA: RFC 3596). */
export const RecordType = { a: 1, txt: 16, aaaa: 28 } as const;
export const ResponseCode = { success: 0, serverFailure: 2, noSuchName: 3, notImplemented: 4, refused: 5 } as const;

/** What fits into an answer by UDP (section 2.3.4). */
export const UDP_BYTES = 512;

/** What somebody asks. */
export interface Question {
  /** In lower case, without the last dot. */
  name: string;
  type: number;
}

/** What is said to it: addresses for AAAA, texts for TXT. */
export interface Answer {
  code: number;
  values: readonly string[];
}

/** A query that could be read, as far as an answer needs it. */
export interface Query {
  question: Question;
  /** Whether it is of a kind that is answered: one question of the Internet. */
  isServed: boolean;
  id: number;
  isRecursionDesired: boolean;
  /** The question as it was written. */
  bytes: Buffer;
}

const HEADER_BYTES = 12;
const CLASS_IN = 1;
const Flag = { response: 0x8000, opcode: 0x7800, authoritative: 0x0400, truncated: 0x0200, recursion: 0x0100 } as const;
/** The question's name, by its place in the message. */
const POINTER_TO_NAME = 0xc00c;
/** Machines come and go. */
const TTL_SECONDS = 5;
const MAX_TEXT_BYTES = 255;
/** A message has at most 64 KiB; this leaves room for what stands around the values. */
const MAX_VALUE_BYTES = 32_000;

/** `null` for what is no query: nobody is answered then. */
export function decodeQuery(message: Buffer): Query | null {
  if (message.length < HEADER_BYTES) return null;
  const flags = message.readUInt16BE(2);
  if ((flags & Flag.response) !== 0) return null;
  const labels: string[] = [];
  let position = HEADER_BYTES;
  for (;;) {
    const length = message[position];
    // Names in questions are written out.
    if (length === undefined || length > 63) return null;
    position += 1 + length;
    if (length === 0) break;
    labels.push(message.toString('latin1', position - length, position).toLowerCase());
  }
  if (position + 4 > message.length) return null;
  const isServed =
    message.readUInt16BE(4) === 1 && (flags & Flag.opcode) === 0 && message.readUInt16BE(position + 2) === CLASS_IN;
  return {
    question: { name: labels.join('.'), type: message.readUInt16BE(position) },
    isServed,
    id: message.readUInt16BE(0),
    isRecursionDesired: (flags & Flag.recursion) !== 0,
    bytes: Buffer.from(message.subarray(HEADER_BYTES, position + 4)),
  };
}

/**
 * The message with an answer. An empty one that is not authoritative would be taken for a lame server by flyctl's resolver; a record
 * of another type than was asked for makes it crash. Of what is longer than `limit` only the head is sent: the rest is asked for by TCP.
 */
export function encodeAnswer(query: Query, answer: Answer, limit = Infinity): Buffer {
  const size = answer.values.reduce((sum, value) => sum + value.length, 0);
  const { code, values } = size > MAX_VALUE_BYTES ? { code: ResponseCode.serverFailure, values: [] } : answer;
  const records = values.map((value) => encodeRecord(query.question.type, value));
  const whole = [query.bytes, ...records];
  const isTooLong = HEADER_BYTES + whole.reduce((sum, { length }) => sum + length, 0) > limit;
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(query.id, 0);
  const recursion = query.isRecursionDesired ? Flag.recursion : 0;
  const truncated = isTooLong ? Flag.truncated : 0;
  header.writeUInt16BE(Flag.response | Flag.authoritative | truncated | recursion | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(isTooLong ? 0 : records.length, 6);
  return Buffer.concat([header, ...(isTooLong ? [query.bytes] : whole)]);
}

function encodeRecord(type: number, value: string): Buffer {
  const { parseAddress } = require('@sindri/wireguard') as typeof import('@sindri/wireguard');
  const data = type === RecordType.aaaa ? parseAddress(value) : encodeText(value);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(POINTER_TO_NAME, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(CLASS_IN, 4);
  head.writeUInt32BE(TTL_SECONDS, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

/** Strings of at most 255 bytes, one behind the other: readers join them. */
function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text);
  const parts: Buffer[] = [];
  for (let start = 0; start === 0 || start < bytes.length; start += MAX_TEXT_BYTES) {
    const part = bytes.subarray(start, start + MAX_TEXT_BYTES);
    parts.push(Buffer.from([part.length]), part);
  }
  return Buffer.concat(parts);
}
