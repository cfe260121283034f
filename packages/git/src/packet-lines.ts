/** One line of git's wire format; `null` = a flush or a delimiter. */
export type PacketLine = Buffer | null;

/** `0009main\n` and so on: four hexadecimal digits of length, themselves included. */
export function packetLine(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;
}

export const FLUSH = '0000';
export const DELIMITER = '0001';

/** The complete lines at the start of `bytes`. Throws a `TypeError` for what is no such format. */
export function* readPacketLines(bytes: Buffer): Generator<PacketLine> {
  for (let at = 0; at + 4 <= bytes.length;) {
    const digits = bytes.toString('latin1', at, at + 4);
    if (!/^[0-9a-f]{4}$/i.test(digits)) throw new TypeError('no packet line');
    const length = Number.parseInt(digits, 16);
    if (length < 4) {
      at += 4;
      yield null;
      continue;
    }
    if (at + length > bytes.length) return;
    yield bytes.subarray(at + 4, at + length);
    at += length;
  }
}
