import { readdirSync, readlinkSync } from 'node:fs';
import { readText } from './process-table.js';

/** A TCP socket that waits for connections. */
export interface ListenSocket {
  pid: number;
  address: string;
  port: number;
}

/** Listening TCP sockets of the given processes. Only Linux tells; elsewhere `null`. */
export function listenSockets(pids: number[]): ListenSocket[] | null {
  if (process.platform !== 'linux') return null;
  const byInode = new Map([...readSocketTable('/proc/net/tcp'), ...readSocketTable('/proc/net/tcp6')]);
  const found: ListenSocket[] = [];
  for (const pid of pids) {
    for (const inode of socketInodes(pid)) {
      const socket = byInode.get(inode);
      if (socket) found.push({ pid, ...socket });
    }
  }
  return found;
}

const LISTEN = '0A';

function* readSocketTable(file: string): Generator<[inode: string, socket: { address: string; port: number }]> {
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

function socketInodes(pid: number): string[] {
  const inodes: string[] = [];
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode) inodes.push(inode);
    }
  } catch {
    // The process has ended.
  }
  return inodes;
}

function readLink(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
