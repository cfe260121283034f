import { Alarm } from '../clock.js';
import type { Link } from '../ip/link.js';

const INITIAL_TIMEOUT_MS = 1_000;
const MAX_TRIES = 6;

/** Repeats a SYN until it is answered (RFC 6298, section 2.1: one second at first, then twice as long each time). */
export class Opening {
  private tries = 0;
  private sentAt = 0;
  private readonly alarm: Alarm;

  constructor(
    private readonly link: Pick<Link, 'clock' | 'answerDue'>,
    private readonly actions: { sendSyn(): void; timedOut(): void },
  ) {
    this.alarm = new Alarm(link.clock, () => {
      if (this.tries >= MAX_TRIES) this.actions.timedOut();
      else this.send();
    });
  }

  send(): void {
    this.tries += 1;
    this.sentAt = this.link.clock.now();
    this.actions.sendSyn();
    this.link.answerDue?.();
    this.alarm.after(INITIAL_TIMEOUT_MS * 2 ** (this.tries - 1));
  }

  /** The path works again after a silence: a SYN that was lost more than once goes out now. */
  pathAlive(): void {
    if (this.tries > 1) this.send();
  }

  /** Milliseconds from the SYN to its answer at `now`; unknown when it was sent more than once (Karn's algorithm). */
  roundTrip(now: number): number | undefined {
    return this.tries === 1 ? now - this.sentAt : undefined;
  }

  stop(): void {
    this.alarm.stop();
  }
}
