/** WebSocket frames (RFC 6455, section 5), as far as a stream of bytes needs them: where a message begins and ends means nothing. */
export const Opcode = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

/** Room in front of a payload for the longest header, and such that the payload is aligned. */
const HEADER_ROOM = 16;
const MASK_BYTES = 4;
const MAX_CONTROL_BYTES = 125;

/** What a decoder hands on. */
export interface FrameHandler {
  /** Payload of text, binary or continuation frames, in pieces as it comes. */
  data(bytes: Buffer): void;
  ping(payload: Buffer): void;
  /** The other side closes, or has broken the protocol. */
  close(): void;
}

/**
 * One whole frame around `parts`. With `mask` (four random bytes) as clients must send it, without as servers must.
 */
export function encodeFrame(opcode: number, parts: readonly Uint8Array[], mask: Buffer | null): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  const frame = Buffer.from(new ArrayBuffer(HEADER_ROOM + ((length + 3) & ~3)));
  let position = HEADER_ROOM;
  for (const part of parts) {
    frame.set(part, position);
    position += part.length;
  }
  if (mask !== null) applyMask(frame, mask, length);
  const start = writeFrameHeader(frame, opcode, length, mask);
  return frame.subarray(start, HEADER_ROOM + length);
}

/** Reads frames from chunks that may begin and end anywhere. */
export class FrameDecoder {
  private header: Buffer = Buffer.alloc(0);
  private opcode = 0;
  private remaining = 0;
  private mask: Buffer | null = null;
  private maskPosition = 0;
  private control: Buffer[] = [];
  private isOver = false;

  constructor(private readonly handler: FrameHandler) {}

  push(chunk: Buffer): void {
    let position = 0;
    while (position < chunk.length && !this.isOver) {
      if (this.remaining === 0) {
        position = this.readHeader(chunk, position);
        if (this.remaining === 0) continue;
      }
      const end = Math.min(chunk.length, position + this.remaining);
      if (end > position) this.take(chunk.subarray(position, end));
      position = end;
    }
  }

  /** Adds bytes to the header until it is whole. Returns where the payload begins. */
  private readHeader(chunk: Buffer, start: number): number {
    let position = start;
    let needed = this.headerBytes();
    while (this.header.length < needed && position < chunk.length) {
      const end = Math.min(chunk.length, position + needed - this.header.length);
      this.header = Buffer.concat([this.header, chunk.subarray(position, end)]);
      position = end;
      needed = this.headerBytes();
    }
    if (this.header.length < needed) return position;
    this.beginFrame();
    return position;
  }

  private headerBytes(): number {
    if (this.header.length < 2) return 2;
    const second = this.header[1] as number;
    const size = second & 0x7f;
    return 2 + (size === 127 ? 8 : size === 126 ? 2 : 0) + ((second & 0x80) === 0 ? 0 : MASK_BYTES);
  }

  private beginFrame(): void {
    const { header } = this;
    const first = header[0] as number;
    const second = header[1] as number;
    const size = second & 0x7f;
    const length = size === 127 ? Number(header.readBigUInt64BE(2)) : size === 126 ? header.readUInt16BE(2) : size;
    this.opcode = first & 0x0f;
    this.mask = (second & 0x80) === 0 ? null : Buffer.from(header.subarray(header.length - MASK_BYTES));
    this.maskPosition = 0;
    this.remaining = length;
    this.header = Buffer.alloc(0);
    const isControl = this.opcode >= Opcode.close;
    const isKnown = this.opcode <= Opcode.binary || (isControl && this.opcode <= Opcode.pong);
    if (!isKnown || (first & 0x70) !== 0 || (isControl && length > MAX_CONTROL_BYTES)) this.end();
    else if (length === 0 && isControl) this.finishControl();
  }

  private take(bytes: Buffer): void {
    this.remaining -= bytes.length;
    const plain = this.unmask(bytes);
    if (this.opcode < Opcode.close) {
      this.handler.data(plain);
      return;
    }
    this.control.push(plain);
    if (this.remaining === 0) this.finishControl();
  }

  private finishControl(): void {
    const payload = Buffer.concat(this.control);
    this.control = [];
    if (this.opcode === Opcode.ping) this.handler.ping(payload);
    else if (this.opcode === Opcode.close) this.end();
  }

  private end(): void {
    this.isOver = true;
    this.handler.close();
  }

  private unmask(bytes: Buffer): Buffer {
    const { mask } = this;
    if (mask === null) return bytes;
    const plain = Buffer.from(new ArrayBuffer((bytes.length + 3) & ~3), 0, bytes.length);
    bytes.copy(plain);
    // The mask, turned so that it begins where this piece does.
    const turned = Buffer.from([0, 1, 2, 3].map((index) => mask[(this.maskPosition + index) & 3] as number));
    xorWords(plain.buffer as ArrayBuffer, 0, turned, bytes.length);
    this.maskPosition = (this.maskPosition + bytes.length) & 3;
    return plain;
  }
}

/** Returns where the header begins. */
function writeFrameHeader(frame: Buffer, opcode: number, length: number, mask: Buffer | null): number {
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const start = HEADER_ROOM - 2 - lengthBytes - (mask === null ? 0 : MASK_BYTES);
  frame[start] = 0x80 | opcode;
  frame[start + 1] = (mask === null ? 0 : 0x80) | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) frame.writeUInt16BE(length, start + 2);
  else if (lengthBytes === 8) frame.writeBigUInt64BE(BigInt(length), start + 2);
  mask?.copy(frame, HEADER_ROOM - MASK_BYTES);
  return start;
}

function applyMask(frame: Buffer, mask: Buffer, length: number): void {
  xorWords(frame.buffer as ArrayBuffer, HEADER_ROOM, mask, length);
}

/** Whole words at a time: byte by byte is four times as slow, and every byte of a client passes here. */
function xorWords(buffer: ArrayBuffer, offset: number, mask: Buffer, length: number): void {
  const words = new Uint32Array(buffer, offset, (length + 3) >> 2);
  const word = new Uint32Array(new Uint8Array(mask).buffer)[0] as number;
  for (let index = 0; index < words.length; index += 1) words[index] = (words[index] as number) ^ word;
}
