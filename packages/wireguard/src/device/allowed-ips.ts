import { ADDRESS_BYTES, isAddressAt, parsePrefix } from '../ip/address.js';

interface Level<Owner> {
  length: number;
  owners: Map<string, Owner>;
}

/** Which peer an inner IPv6 address belongs to (cryptokey routing; paper, section 2). The longest prefix wins. */
export class AllowedIps<Owner> {
  /** Longest first. */
  private levels: Level<Owner>[] = [];
  /** Traffic comes in runs: the last answer is mostly the next one, too. */
  private readonly lastAddress = Buffer.alloc(ADDRESS_BYTES);
  private lastOwner: Owner | undefined;

  /** Gives `prefix` (`fdaa:0:18::/48`) to `owner`, whoever had it before. Throws a `TypeError` when it is no IPv6 prefix. */
  add(prefix: string, owner: Owner): void {
    const { address, length } = parsePrefix(prefix);
    let level = this.levels.find((candidate) => candidate.length === length);
    if (level === undefined) {
      level = { length, owners: new Map() };
      this.levels.push(level);
      this.levels.sort((a, b) => b.length - a.length);
    }
    level.owners.set(keyOf(address, 0, length), owner);
    this.lastOwner = undefined;
  }

  /** Takes all prefixes away from `owner`. */
  remove(owner: Owner): void {
    for (const level of this.levels) {
      for (const [key, known] of level.owners) if (known === owner) level.owners.delete(key);
    }
    this.levels = this.levels.filter((level) => level.owners.size > 0);
    this.lastOwner = undefined;
  }

  /** The owner of the address that stands in `packet` at `offset`. */
  find(packet: Buffer, offset: number): Owner | undefined {
    if (this.lastOwner !== undefined && isAddressAt(packet, offset, this.lastAddress)) return this.lastOwner;
    for (const level of this.levels) {
      const owner = level.owners.get(keyOf(packet, offset, level.length));
      if (owner === undefined) continue;
      packet.copy(this.lastAddress, 0, offset, offset + ADDRESS_BYTES);
      this.lastOwner = owner;
      return owner;
    }
    return undefined;
  }
}

/** The first `length` bits, as a string to look up. */
function keyOf(bytes: Buffer, offset: number, length: number): string {
  const whole = length >> 3;
  const rest = length & 7;
  const text = bytes.toString('latin1', offset, offset + whole);
  if (rest === 0) return text;
  return text + String.fromCharCode((bytes[offset + whole] as number) & (0xff << (8 - rest)) & 0xff);
}
