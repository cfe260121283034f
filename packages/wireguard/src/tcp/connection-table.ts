import { isAddressAt } from '../ip/address.js';
import type { Connection } from './connection.js';

interface Entry {
  connection: Connection;
  local: Buffer;
  remote: Buffer;
}

/** Finds connections by both addresses and both ports, without making a key for each packet. */
export class ConnectionTable {
  private readonly buckets = new Map<number, Entry[]>();
  private count = 0;
  /** Packets come in runs. */
  private last: Entry | undefined;

  get size(): number {
    return this.count;
  }

  add(connection: Connection, local: Buffer, remote: Buffer): void {
    const key = bucketOf(connection.ends.localPort, connection.ends.remotePort);
    const entries = this.buckets.get(key);
    const entry = { connection, local, remote };
    if (entries === undefined) this.buckets.set(key, [entry]);
    else entries.push(entry);
    this.count += 1;
  }

  remove(connection: Connection): void {
    const key = bucketOf(connection.ends.localPort, connection.ends.remotePort);
    const entries = this.buckets.get(key) ?? [];
    const left = entries.filter((entry) => entry.connection !== connection);
    if (left.length === 0) this.buckets.delete(key);
    else this.buckets.set(key, left);
    this.count -= entries.length - left.length;
    if (this.last?.connection === connection) this.last = undefined;
  }

  has(local: Buffer, localPort: number, remote: Buffer, remotePort: number): boolean {
    const entries = this.buckets.get(bucketOf(localPort, remotePort)) ?? [];
    return entries.some((entry) => entry.local.equals(local) && entry.remote.equals(remote));
  }

  /** The connection whose addresses stand in `packet` at the two offsets. */
  find(
    packet: Buffer,
    localOffset: number,
    localPort: number,
    remoteOffset: number,
    remotePort: number,
  ): Connection | undefined {
    const { last } = this;
    if (last !== undefined && fits(last, packet, localOffset, localPort, remoteOffset, remotePort))
      return last.connection;
    const entries = this.buckets.get(bucketOf(localPort, remotePort));
    if (entries === undefined) return undefined;
    for (const entry of entries) {
      if (!fits(entry, packet, localOffset, localPort, remoteOffset, remotePort)) continue;
      this.last = entry;
      return entry.connection;
    }
    return undefined;
  }

  all(): Connection[] {
    return [...this.buckets.values()].flatMap((entries) => entries.map((entry) => entry.connection));
  }
}

/** Ports alone tell most connections apart; the rest is compared within a bucket. Small integers are the fastest keys. */
function bucketOf(localPort: number, remotePort: number): number {
  return ((localPort << 14) ^ remotePort) & 0x3fffffff;
}

function fits(
  entry: Entry,
  packet: Buffer,
  localOffset: number,
  localPort: number,
  remoteOffset: number,
  remotePort: number,
): boolean {
  const { ends } = entry.connection;
  if (ends.localPort !== localPort || ends.remotePort !== remotePort) return false;
  return isAddressAt(packet, localOffset, entry.local) && isAddressAt(packet, remoteOffset, entry.remote);
}
