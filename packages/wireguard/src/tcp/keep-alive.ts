import { Alarm, type Clock } from '../clock.js';

/** Probes that may go unanswered, and the time between two. */
const MAX_PROBES = 9;
const PROBE_INTERVAL_MS = 15_000;
/** After what has arrived it is asked once, this much later, whether more could still come. */
const QUIET_MS = 1_500;

/**
 * Asks a silent other side whether it is still there (RFC 9293, section 3.8.4). Off until {@link start}; but where somebody wants to know
 * that an answer is due, it is asked once after what was {@link received}: whoever only listens would not notice that nothing can come.
 */
export class KeepAlive {
  private idleMs = 0;
  private unanswered = 0;
  private heardAt = 0;
  private readonly alarm: Alarm;
  private readonly quiet: Alarm;

  constructor(
    private readonly clock: Clock,
    private readonly actions: { probe(): void; timedOut(): void; answerDue: (() => void) | undefined },
  ) {
    this.alarm = new Alarm(clock, () => this.onAlarm());
    this.quiet = new Alarm(clock, () => {
      actions.probe();
      actions.answerDue?.();
    });
  }

  /** Asks after `idleMs` of silence. */
  start(idleMs: number): void {
    this.idleMs = idleMs;
    this.heard(this.clock.now());
    this.alarm.at(this.heardAt + idleMs);
  }

  stop(): void {
    this.idleMs = 0;
    this.alarm.stop();
    this.quiet.stop();
  }

  /** Data has arrived. */
  received(): void {
    if (this.actions.answerDue !== undefined) this.quiet.after(QUIET_MS);
  }

  heard(now: number): void {
    this.heardAt = now;
    this.unanswered = 0;
  }

  private onAlarm(): void {
    if (this.idleMs === 0) return;
    const now = this.clock.now();
    if (this.unanswered === 0 && now < this.heardAt + this.idleMs) {
      this.alarm.at(this.heardAt + this.idleMs);
      return;
    }
    if (this.unanswered >= MAX_PROBES) {
      this.actions.timedOut();
      return;
    }
    this.unanswered += 1;
    this.actions.probe();
    this.alarm.at(now + Math.min(PROBE_INTERVAL_MS, this.idleMs));
  }
}
