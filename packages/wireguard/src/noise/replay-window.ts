const WORD_BITS = 32;
const WORDS = 256;

/** How far behind the newest counter a packet may come: 8,160, like the window of wireguard-go. */
const SIZE = (WORDS - 1) * WORD_BITS;

/** Remembers which counters have been seen, as in RFC 6479: a ring of bits whose words are cleared when the newest counter moves on. */
export class ReplayWindow {
  private newest = -1;
  private readonly seen = new Uint32Array(WORDS);

  /** `true` once for each counter, and only while it is not too old. Call it after the packet has been found authentic. */
  accept(counter: number): boolean {
    const word = Math.floor(counter / WORD_BITS);
    if (counter > this.newest) {
      const current = this.newest < 0 ? -1 : Math.floor(this.newest / WORD_BITS);
      const cleared = Math.min(word - current, WORDS);
      for (let step = 1; step <= cleared; step += 1) this.seen[(current + step) % WORDS] = 0;
      this.newest = counter;
    } else if (this.newest - counter >= SIZE) {
      return false;
    }
    const slot = word % WORDS;
    const bit = 1 << (counter % WORD_BITS);
    const before = this.seen[slot] as number;
    if ((before & bit) !== 0) return false;
    this.seen[slot] = before | bit;
    return true;
  }
}
