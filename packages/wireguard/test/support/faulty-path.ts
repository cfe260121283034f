import type { Clock } from '../../src/clock.js';
import type { Endpoint, ReceiveDatagram } from '../../src/transport/endpoint.js';

/** What a path does to datagrams. Shares are from 0 to 1. */
export interface PathFaults {
  /** One way. */
  delayMs?: number;
  loss?: number;
  duplication?: number;
  /** This share comes `reorderMs` later than the rest. */
  reordering?: number;
  reorderMs?: number;
}

/** Two ends of a path between two devices, which loses, delays, duplicates and reorders what it carries. */
export class FaultyPath {
  faults: PathFaults;
  /** Nothing gets through while it is cut. */
  isCut = false;
  /** Datagrams that were sent, and their bytes. */
  sent = 0;
  sentBytes = 0;
  /** Sees every datagram before anything happens to it; `false` loses it. */
  filter: (datagram: Buffer, toRight: boolean) => boolean = () => true;
  readonly left: Endpoint;
  readonly right: Endpoint;
  receiveLeft: ReceiveDatagram = () => undefined;
  receiveRight: ReceiveDatagram = () => undefined;

  constructor(
    private readonly clock: Pick<Clock, 'setTimer'>,
    private readonly random: () => number,
    faults: PathFaults = {},
  ) {
    this.faults = faults;
    this.left = { name: 'left:1', isCongested: false, send: (parts) => this.carry(parts, false) };
    this.right = { name: 'right:1', isCongested: false, send: (parts) => this.carry(parts, true) };
  }

  private carry(parts: readonly Uint8Array[], toRight: boolean): void {
    const datagram = Buffer.concat(parts);
    this.sent += 1;
    this.sentBytes += datagram.length;
    if (this.isCut || !this.filter(datagram, toRight)) return;
    const { loss = 0, duplication = 0 } = this.faults;
    if (this.random() < loss) return;
    this.deliver(datagram, toRight);
    if (this.random() < duplication) this.deliver(Buffer.from(datagram), toRight);
  }

  private deliver(datagram: Buffer, toRight: boolean): void {
    const { delayMs = 0, reordering = 0, reorderMs = 10 } = this.faults;
    const delay = delayMs + (this.random() < reordering ? reorderMs : 0);
    this.clock.setTimer(() => {
      if (this.isCut) return;
      if (toRight) this.receiveRight(datagram, this.left);
      else this.receiveLeft(datagram, this.right);
    }, delay);
  }
}
