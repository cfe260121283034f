/** Numbers from 0 to 1 that are the same every time (mulberry32). */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bytes that are the same every time. */
export function seededBytes(seed: number): (size: number) => Buffer {
  const next = seededNumbers(seed);
  return (size) => {
    const bytes = Buffer.allocUnsafe(size);
    for (let index = 0; index < size; index += 1) bytes[index] = Math.floor(next() * 256);
    return bytes;
  };
}
