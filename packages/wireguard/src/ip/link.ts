import type { Clock } from '../clock.js';
import type { RandomBytes } from '../noise/keys.js';

/** What the layers above IP need of the world below them. */
export interface Link {
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Largest packet in bytes. */
  readonly mtu: number;
  /** Room for one packet that is being written: {@link send} is done with it when it returns. */
  readonly scratch: Buffer;
  /** Sends the first `length` bytes of {@link scratch}. `false`: bulk data should wait a little. */
  send(length: number): boolean;
  /** Something was sent, or sent again, that whoever is there answers at once: silence from here on means that nobody is reached. */
  answerDue?(): void;
}
