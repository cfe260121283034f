/** What belongs to whom inside a /48 `fdaa:x:y` of an organisation's network. */

/** The fourth group of every address that Fly is known to have given. */
const HOST_GROUP = 'a7b';
/** Of peers; the group before it is zero, which it never is in a machine's address. */
const FIRST_PEER_GROUP = 0x0a;
const PEERS_PER_GROUP = 256;
/** Numbers of peers in one network. */
export const MOST_PEERS = 0x10000;

/** Name server, and the gateway itself. */
export const gatewayAddress = (prefix: string): string => `${prefix}::3`;

/** The address of the peer with this number, from 0 on: each has a /120 of its own, and is the `…02` in it. */
export function peerAddress(prefix: string, number: number): string {
  const group = FIRST_PEER_GROUP + Math.floor(number / PEERS_PER_GROUP);
  const last = (number % PEERS_PER_GROUP) * 0x100 + 2;
  return `${prefix}:${HOST_GROUP}:9:0:${group.toString(16)}:${last.toString(16)}`;
}

/**
 * What a peer may send from. flyctl's own stack does not use the address that it was given but the first of this block, with a last
 * byte of zero; a kernel that was set up with flyctl's file uses the address itself.
 */
export const peerBlock = (address: string): string => `${address}/120`;

/** Whether an address is in the block of the peer with `address`. Both in canonical form. */
export const isInBlock = (address: string, other: string): boolean => firstOfBlock(address) === firstOfBlock(other);

/** Peers' addresses end in two groups, of which the last holds the number within the group and one byte of the peer's own. */
function firstOfBlock(address: string): string {
  const groups = address.split(':');
  return [...groups.slice(0, -1), parseInt(groups.at(-1) ?? '0', 16) >> 8].join(':');
}
