/** A piece of what a process wrote. */
export interface Frame {
  stream: 'stdout' | 'stderr';
  data: Buffer;
}

const HEADER = 8;
const LARGEST = 4 * 1024 ** 2;

/** The frames of a stream without a terminal: one byte that says which stream, three of nothing, the length, the bytes. */
export async function* readFrames(source: AsyncIterable<unknown>): AsyncGenerator<Frame> {
  let rest = Buffer.alloc(0);
  for await (const chunk of source) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    while (rest.length >= HEADER) {
      const size = rest.readUInt32BE(4);
      if ((rest[0] ?? 3) > 2 || size > LARGEST) throw new Error('this is no stream of an engine');
      if (rest.length < HEADER + size) break;
      yield { stream: rest[0] === 2 ? 'stderr' : 'stdout', data: rest.subarray(HEADER, HEADER + size) };
      rest = rest.subarray(HEADER + size);
    }
  }
}
