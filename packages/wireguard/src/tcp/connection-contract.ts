import type { Link } from '../ip/link.js';

/** RFC 9293, section 3.3.2. `pending`: a SYN has come, and nobody has said yet whether it is accepted. */
export type TcpState =
  | 'pending'
  | 'syn-sent'
  | 'syn-received'
  | 'established'
  | 'fin-wait-1'
  | 'fin-wait-2'
  | 'close-wait'
  | 'closing'
  | 'last-ack'
  | 'time-wait'
  | 'closed';

/** What the user of a connection hears of it. */
export interface ConnectionUser {
  onConnected(): void;
  /** There may be data, or the end of it: call `read`. */
  onReadable(): void;
  /** There may be room again: see `hasRoom`. */
  onWritable(): void;
  /** The other side has acknowledged everything, and the FIN. */
  onDelivered(): void;
  /** It is over. Without an error: after both sides have ended, or because the user wanted it. */
  onClosed(error: Error | undefined): void;
}

/** What a connection, which is a `Self`, needs of the layer that it belongs to. */
export interface ConnectionHost<Self> extends Link {
  /** Calls its `flush` at the end of this turn. */
  touch(connection: Self): void;
  /** The connection is over, and its ports are free. */
  forget(connection: Self): void;
}

/** Both ends of a connection, as people write them. */
export interface ConnectionEnds {
  localAddress: string;
  localPort: number;
  remoteAddress: string;
  remotePort: number;
}
