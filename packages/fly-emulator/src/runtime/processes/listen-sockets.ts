import { readdirSync, readlinkSync } from 'node:fs';
import { readText } from './process-table.js';

/** A TCP socket that waits for connections, and who holds it. */
export interface ListenSocket extends SocketPlace {
  pid: number;
  /** What shows that the process holds it: a link, and where it leads. */
  proof: { link: string; target: string };
}

export interface SocketPlace {
  address: string;
  port: number;
}

/** Everything that listens on this computer, by inode. Only Linux tells; elsewhere `null`. */
export function readListenTable(): Map<string, SocketPlace> | null {
  if (process.platform !== 'linux') return null;
  return new Map([...readSocketTable('/proc/net/tcp'), ...readSocketTable('/proc/net/tcp6')]);
}

/** Those of the table that the given processes hold. */
export function listenSockets(table: ReadonlyMap<string, SocketPlace>, pids: readonly number[]): ListenSocket[] {
  const found: ListenSocket[] = [];
  for (const pid of pids) {
    for (const [target, link] of socketLinks(pid)) {
      const socket = table.get(target.slice(SOCKET.length, -1));
      if (socket) found.push({ pid, ...socket, proof: { link, target } });
    }
  }
  return found;
}

/** Whether the process holds it still. Costs little: no table is read. */
export function isStillHeld({ proof }: ListenSocket): boolean {
  return readLink(proof.link) === proof.target;
}

const LISTEN = '0A';
/** How the link of a descriptor that is a socket begins; its inode follows. */
const SOCKET = 'socket:[';

function* readSocketTable(file: string): Generator<[inode: string, socket: SocketPlace]> {
  for (const line of (readText(file) ?? '').split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [address, port] = (fields[1] ?? '').split(':');
    const inode = fields[9];
    if (fields[3] !== LISTEN || !address || !port || !inode) continue;
    yield [inode, { address: readAddress(address), port: parseInt(port, 16) }];
  }
}

/** The kernel prints addresses as 32-bit words in the machine's byte order. */
function readAddress(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse().map((pair) => parseInt(pair, 16)));
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.every((byte) => byte === 0)) return '::';
  if (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1) return '::1';
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  return groups.join(':');
}

function socketLinks(pid: number): [target: string, link: string][] {
  const directory = `/proc/${pid}/fd`;
  try {
    return readdirSync(directory).flatMap((fd): [string, string][] => {
      const link = `${directory}/${fd}`;
      const target = readLink(link);
      return target.startsWith(SOCKET) ? [[target, link]] : [];
    });
  } catch {
    // The process has ended.
    return [];
  }
}

function readLink(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
