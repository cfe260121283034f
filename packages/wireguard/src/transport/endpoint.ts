/**
 * A place that datagrams are sent to and come from. The same place is always the same object, so that a change of place (a peer
 * that roams) is seen by comparing two references.
 */
export interface Endpoint {
  /** Sends one datagram, given in parts that it may keep until it is sent. Never throws: a datagram may be lost. */
  send(parts: readonly Uint8Array[]): void;
  /** Whether so much waits to be sent that bulk data should wait, too. */
  readonly isCongested: boolean;
  /** For people, and as the source that a cookie is bound to: `203.0.113.7:51820`. */
  readonly name: string;
  /** Called when nothing has answered for a while: take a fresh socket, look the name up again. */
  renew?(): void;
  /** Called when another endpoint carries everything: what costs something may be let go, until {@link renew} wants it again. */
  rest?(): void;
  /**
   * Set by the device; called by the endpoint when it reaches the other side by a new connection, which the other side learns of
   * only when something comes over it.
   */
  onReconnected?: () => void;
  /** Called once when nothing is sent there any more. */
  close?(): void;
}

/** Takes one datagram. It may keep `datagram`. */
export type ReceiveDatagram = (datagram: Buffer, from: Endpoint) => void;

/** Which kind of address a host is; 0 for a name. By its characters alone: the pattern that Node has for it takes ms to compile. */
export function familyOf(host: string): 4 | 6 | 0 {
  if (host.includes(':')) return 6;
  return /^[\d.]+$/.test(host) ? 4 : 0;
}

/** Host and port as in a URL. */
export function authorityOf(host: string, port: number): string {
  return `${familyOf(host) === 6 ? `[${host}]` : host}:${port}`;
}
