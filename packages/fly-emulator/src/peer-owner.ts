import { readFileSync } from 'node:fs';

/** A TCP connection over loopback, as the side that listens sees it. */
export interface Peer {
  address: string;
  port: number;
  /** On which the emulator listens. */
  ownPort: number;
}

/**
 * The user whose process is at the other end of a loopback connection; `null` where the system does not tell (only Linux does), and
 * for an address that is not IPv4.
 */
export function ownerOf(peer: Peer, readTable: () => string = readTcpTable): number | null {
  const local = `${hexOfAddress(peer.address)}:${hexOfPort(peer.port)}`;
  let table: string;
  try {
    table = readTable();
  } catch {
    return null;
  }
  for (const line of table.split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (fields[1] !== local || !fields[2]?.endsWith(`:${hexOfPort(peer.ownPort)}`) || fields[3] !== ESTABLISHED)
      continue;
    const uid = Number(fields[7]);
    return Number.isInteger(uid) ? uid : null;
  }
  return null;
}

const ESTABLISHED = '01';
const readTcpTable = (): string => readFileSync('/proc/net/tcp', 'latin1');

/** The kernel prints an address as a number in the byte order of nearly every machine: the last byte first. */
function hexOfAddress(address: string): string {
  const bytes = address
    .replace(/^::ffff:/, '')
    .split('.')
    .map(Number);
  return bytes
    .reverse()
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
}

function hexOfPort(port: number): string {
  return port.toString(16).padStart(4, '0').toUpperCase();
}
