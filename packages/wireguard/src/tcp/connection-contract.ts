import type { Link } from '../ip/link.js';
import type { Connection } from './connection.js';

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
  /** There may be data, or the end of it: call {@link Connection.read}. */
  onReadable(): void;
  /** There may be room again: see {@link Connection.hasRoom}. */
  onWritable(): void;
  /** The other side has acknowledged everything, and the FIN. */
  onDelivered(): void;
  /** It is over. Without an error: after both sides have ended, or because the user wanted it. */
  onClosed(error: Error | undefined): void;
}

/** What a connection needs of the layer that it belongs to. */
export interface ConnectionHost extends Link {
  /** Calls {@link Connection.flush} at the end of this turn. */
  touch(connection: Connection): void;
  /** The connection is over, and its ports are free. */
  forget(connection: Connection): void;
}

/** Both ends of a connection, as people write them. */
export interface ConnectionEnds {
  localAddress: string;
  localPort: number;
  remoteAddress: string;
  remotePort: number;
}
