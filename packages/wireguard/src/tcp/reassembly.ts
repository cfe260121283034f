interface Piece {
  start: number;
  end: number;
  data: Buffer;
}

/** Data that came before its turn: pieces that neither overlap nor touch the next expected byte, in order. */
export class Reassembly {
  private pieces: Piece[] = [];
  private bytes = 0;
  /** Stream offset of the piece that grew last: its block is reported first (RFC 2018, section 4). */
  private newest = 0;

  get length(): number {
    return this.bytes;
  }

  /** How many pieces are kept: each costs memory, however short it is. */
  get count(): number {
    return this.pieces.length;
  }

  /** Keeps `data`, which begins at stream offset `start`; what is there already is not kept twice. Whether anything was new. */
  add(start: number, data: Buffer): boolean {
    const end = start + data.length;
    this.newest = start;
    // Mostly it follows the last piece.
    const last = this.pieces.at(-1);
    if (last === undefined || start >= last.end) {
      this.pieces.push({ start, end, data });
      this.bytes += data.length;
      return true;
    }
    return this.insert(start, end, data);
  }

  /** Takes out everything that follows stream offset `offset` without a gap. */
  take(offset: number): Buffer[] {
    const taken: Buffer[] = [];
    let next = offset;
    let count = 0;
    for (const piece of this.pieces) {
      if (piece.start > next) break;
      count += 1;
      this.bytes -= piece.data.length;
      if (piece.end <= next) continue;
      taken.push(piece.start === next ? piece.data : piece.data.subarray(next - piece.start));
      next = piece.end;
    }
    this.pieces.splice(0, count);
    return taken;
  }

  /** Left and right edges of at most `maximum` blocks, the one that grew last first. */
  blocks(maximum: number): number[] {
    const blocks: [number, number][] = [];
    for (const { start, end } of this.pieces) {
      const block = blocks.at(-1);
      if (block !== undefined && block[1] === start) block[1] = end;
      else blocks.push([start, end]);
    }
    const first = blocks.findIndex(([start, end]) => this.newest >= start && this.newest < end);
    if (first > 0) blocks.unshift(...blocks.splice(first, 1));
    return blocks.slice(0, maximum).flat();
  }

  clear(): void {
    this.pieces = [];
    this.bytes = 0;
  }

  private insert(start: number, end: number, data: Buffer): boolean {
    let index = this.pieces.findIndex((piece) => piece.end > start);
    if (index < 0) index = this.pieces.length;
    const before = this.bytes;
    let next = start;
    while (next < end) {
      const piece = this.pieces[index];
      const gapEnd = piece === undefined ? end : Math.min(end, piece.start);
      if (gapEnd > next) {
        this.pieces.splice(index, 0, { start: next, end: gapEnd, data: data.subarray(next - start, gapEnd - start) });
        this.bytes += gapEnd - next;
        index += 1;
      }
      if (piece === undefined) break;
      next = piece.end;
      index += 1;
    }
    return this.bytes > before;
  }
}
