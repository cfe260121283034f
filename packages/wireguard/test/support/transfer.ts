import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { seededBytes } from './random.js';

/** Bytes to send that tell by their place in the stream whether something is missing. */
export function testData(size: number, seed = 7): Buffer {
  const block = seededBytes(seed)(65_521);
  const data = Buffer.allocUnsafe(size);
  for (let offset = 0; offset < size; offset += block.length) block.copy(data, offset);
  for (let offset = 0; offset + 4 <= size; offset += 1_024) data.writeUInt32BE(offset, offset);
  return data;
}

export function digest(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** What came out of a stream, and how it ended. */
export interface Received {
  readonly bytes: number;
  readonly digest: string;
  readonly text: string;
  hasEnded: boolean;
  isClosed: boolean;
  error: (Error & { code?: string }) | undefined;
}

/** Reads everything that comes out of `stream`. */
export function receive(stream: Duplex): Received {
  const chunks: Buffer[] = [];
  const received = {
    get bytes() {
      return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    },
    get digest() {
      return digest(Buffer.concat(chunks));
    },
    get text() {
      return Buffer.concat(chunks).toString();
    },
    hasEnded: false,
    isClosed: false,
    error: undefined as (Error & { code?: string }) | undefined,
  };
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => (received.hasEnded = true));
  stream.on('close', () => (received.isClosed = true));
  stream.on('error', (error) => (received.error = error));
  return received;
}
