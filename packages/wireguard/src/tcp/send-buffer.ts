const SMALLEST = 4_096;

/**
 * Bytes that are not acknowledged yet, in a ring that grows when it must. They are addressed by their offset in the stream. What is
 * written is copied, so the writer may use its memory again.
 */
export class SendBuffer {
  private ring: Buffer = Buffer.alloc(0);
  /** Offset of the first byte that is kept. */
  private first: number;
  private size = 0;

  constructor(first: number) {
    this.first = first;
  }

  /** Offset behind the last byte. */
  get end(): number {
    return this.first + this.size;
  }

  get length(): number {
    return this.size;
  }

  append(data: Uint8Array): void {
    if (this.size + data.length > this.ring.length) this.grow(this.size + data.length);
    const at = this.end % this.ring.length;
    const head = Math.min(data.length, this.ring.length - at);
    this.ring.set(head === data.length ? data : data.subarray(0, head), at);
    if (head < data.length) this.ring.set(data.subarray(head), 0);
    this.size += data.length;
  }

  /** Copies `length` bytes from stream offset `offset` to `target`. */
  copyTo(target: Buffer, targetStart: number, offset: number, length: number): void {
    const at = offset % this.ring.length;
    const head = Math.min(length, this.ring.length - at);
    this.ring.copy(target, targetStart, at, at + head);
    if (head < length) this.ring.copy(target, targetStart + head, 0, length - head);
  }

  /** Forgets everything before stream offset `offset`. Gives the memory back when nothing is left. */
  releaseBefore(offset: number): void {
    const released = Math.min(Math.max(offset - this.first, 0), this.size);
    this.first += released;
    this.size -= released;
    if (this.size === 0 && this.ring.length > 16 * SMALLEST) this.ring = Buffer.alloc(0);
  }

  clear(): void {
    this.ring = Buffer.alloc(0);
    this.size = 0;
  }

  private grow(needed: number): void {
    let capacity = Math.max(SMALLEST, this.ring.length);
    while (capacity < needed) capacity *= 2;
    const ring = Buffer.allocUnsafeSlow(capacity);
    for (let offset = this.first; offset < this.end;) {
      const length = Math.min(this.end - offset, capacity - (offset % capacity));
      this.copyTo(ring, offset % capacity, offset, length);
      offset += length;
    }
    this.ring = ring;
  }
}
