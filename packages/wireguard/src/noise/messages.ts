/** The four messages of WireGuard (paper, section 5.4). All integers are little-endian; three zero bytes follow the type. */
export const MessageType = { initiation: 1, response: 2, cookieReply: 3, transport: 4 } as const;

/** Type, sender 4, ephemeral 32, static 32+16, time stamp 12+16, mac1 16, mac2 16. */
export const Initiation = { bytes: 148, sender: 4, ephemeral: 8, static: 40, timestamp: 88, mac1: 116 } as const;

/** Type, sender 4, receiver 4, ephemeral 32, empty 0+16, mac1 16, mac2 16. */
export const Response = { bytes: 92, sender: 4, receiver: 8, ephemeral: 12, empty: 44, mac1: 60 } as const;

/** Type, receiver 4, nonce 24, cookie 16+16. */
export const CookieReply = { bytes: 64, receiver: 4, nonce: 8, cookie: 32 } as const;

/** Type, receiver 4, counter 8, sealed packet n+16. */
export const Transport = { minBytes: 32, receiver: 4, counter: 8, content: 16 } as const;

export const MAC_BYTES = 16;

/**
 * What a datagram claims to be by its first four bytes and its length, or `null` when it is none of ours. Nothing else is checked.
 */
export function messageType(datagram: Buffer): number | null {
  if (datagram.length < Transport.minBytes || datagram[1] !== 0 || datagram[2] !== 0 || datagram[3] !== 0) return null;
  const type = datagram[0];
  if (type === MessageType.transport) return type;
  if (type === MessageType.initiation && datagram.length === Initiation.bytes) return type;
  if (type === MessageType.response && datagram.length === Response.bytes) return type;
  if (type === MessageType.cookieReply && datagram.length === CookieReply.bytes) return type;
  return null;
}
