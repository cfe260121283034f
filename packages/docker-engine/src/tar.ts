const BLOCK = 512;

/** A tar with one file that belongs to root. */
export function tarOf(name: string, content: Buffer, mode: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(name, 0, 100);
  header.write(octal(mode, 8) + octal(0, 8) + octal(0, 8) + octal(content.length, 12) + octal(0, 12), 100);
  header.write('        0', 148);
  header.write('ustar\x0000', 257);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return Buffer.concat([header, content, Buffer.alloc(2 * BLOCK + ((BLOCK - (content.length % BLOCK)) % BLOCK))]);
}

/** The content of the first file in a tar. */
export function firstFileOf(tar: Buffer): Buffer | null {
  for (let at = 0; at + BLOCK <= tar.length;) {
    const size = parseInt(tar.toString('latin1', at + 124, at + 135), 8) || 0;
    const start = at + BLOCK;
    if (['0', '\0'].includes(tar.toString('latin1', at + 156, at + 157)) && tar[at] !== 0)
      return tar.subarray(start, start + size);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return null;
}
