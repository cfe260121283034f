import { Alarm, type Clock } from '../clock.js';
import type { RandomBytes } from '../noise/keys.js';
import {
  KEEPALIVE_TIMEOUT,
  OVERDUE_AFTER,
  REJECT_AFTER_TIME,
  REKEY_ATTEMPT_TIME,
  REKEY_JITTER,
  REKEY_TIMEOUT,
} from './constants.js';

/** What the timers of a peer ask for. */
export interface TimerActions {
  /** Send an initiation again. */
  retryHandshake(): void;
  /** Nobody has answered for 90 s. */
  giveUpHandshake(): void;
  /** Data was sent and nothing came back: begin a handshake. */
  renewSilentSession(): void;
  sendKeepalive(): void;
  /** All keys are long dead. */
  eraseKeys(): void;
}

/** When a peer must act without being asked (paper, sections 6.1 to 6.5). Each method tells what has just happened. */
export class PeerTimers {
  /** Initiations that have been sent without an answer. */
  attempts = 0;
  private attemptsSince = 0;
  private keepaliveAgain = false;
  /** Initiations since an answer was due; `undefined` while none is. */
  private hurried: number | undefined;
  /** Until then nobody hurries again: a handshake has brought nothing out of the tunnel, so it is not the tunnel that is silent. */
  private inVainUntil = -Infinity;
  /** Drawn once per handshake: this timer is set for nearly every packet. */
  private silentJitter = 0;
  private readonly retry: Alarm;
  private readonly silent: Alarm;
  private readonly passiveKeepalive: Alarm;
  private readonly persistentKeepalive: Alarm;
  private readonly erase: Alarm;

  constructor(
    private readonly clock: Clock,
    private readonly random: RandomBytes,
    private readonly actions: TimerActions,
    private readonly persistentKeepaliveMs: number,
    private readonly retryMs: number = REKEY_TIMEOUT,
  ) {
    this.retry = new Alarm(clock, () => this.onRetry());
    this.silent = new Alarm(clock, () => actions.renewSilentSession());
    this.passiveKeepalive = new Alarm(clock, () => this.onPassiveKeepalive());
    this.persistentKeepalive = new Alarm(clock, () => actions.sendKeepalive());
    this.erase = new Alarm(clock, () => actions.eraseKeys());
  }

  dataSent(): void {
    if (!this.silent.isSet) this.silent.after(KEEPALIVE_TIMEOUT + REKEY_TIMEOUT + this.silentJitter);
  }

  /**
   * What is inside knows better than WireGuard when an answer must come. When nothing has come soon, a handshake begins, and the first
   * ones follow faster: {@link pause}.
   */
  answerDue(): void {
    if (this.clock.now() < this.inVainUntil) return;
    this.hurried ??= 0;
    this.silent.within(OVERDUE_AFTER);
  }

  /** How long an initiation may stay unanswered. */
  get pause(): number {
    return this.hurried === undefined ? this.retryMs : Math.min(this.retryMs, OVERDUE_AFTER * 2 ** this.hurried);
  }

  dataReceived(): void {
    this.inVainUntil = -Infinity;
    if (this.passiveKeepalive.isSet) this.keepaliveAgain = true;
    else this.passiveKeepalive.after(KEEPALIVE_TIMEOUT);
  }

  /** Anything under a session key, or a handshake message. */
  authenticPacketSent(): void {
    this.passiveKeepalive.clear();
    this.traversal();
  }

  authenticPacketReceived(): void {
    this.silent.clear();
    this.hurried = undefined;
    this.traversal();
  }

  initiationSent(): void {
    if (this.attempts === 0) this.attemptsSince = this.clock.now();
    this.attempts += 1;
    this.retry.after(this.pause + this.jitter());
    if (this.hurried === undefined) return;
    this.hurried += 1;
    this.inVainUntil = this.clock.now() + KEEPALIVE_TIMEOUT + REKEY_TIMEOUT;
  }

  handshakeDone(): void {
    this.attempts = 0;
    this.silentJitter = this.jitter();
    this.retry.clear();
    this.erase.after(3 * REJECT_AFTER_TIME);
  }

  /** A new series of attempts begins. */
  restartAttempts(): void {
    this.attempts = 0;
    this.attemptsSince = this.clock.now();
  }

  /** It must not begin yet. */
  initiateAfter(delayMs: number): void {
    this.retry.within(delayMs);
  }

  stop(): void {
    for (const alarm of [this.retry, this.silent, this.passiveKeepalive, this.persistentKeepalive, this.erase])
      alarm.stop();
  }

  private traversal(): void {
    if (this.persistentKeepaliveMs > 0) this.persistentKeepalive.after(this.persistentKeepaliveMs);
  }

  private onRetry(): void {
    if (this.clock.now() - this.attemptsSince >= REKEY_ATTEMPT_TIME) {
      this.attempts = 0;
      this.erase.after(3 * REJECT_AFTER_TIME);
      this.actions.giveUpHandshake();
    } else this.actions.retryHandshake();
  }

  private onPassiveKeepalive(): void {
    this.actions.sendKeepalive();
    if (!this.keepaliveAgain) return;
    this.keepaliveAgain = false;
    this.passiveKeepalive.after(KEEPALIVE_TIMEOUT);
  }

  private jitter(): number {
    return (this.random(2).readUInt16LE(0) / 65_536) * REKEY_JITTER;
  }
}
