/** WireGuard paper, section 6.1. Milliseconds, unless the name says otherwise. */
export const REKEY_AFTER_MESSAGES = 2 ** 60;
export const REKEY_AFTER_TIME = 120_000;
export const REJECT_AFTER_TIME = 180_000;
export const REKEY_ATTEMPT_TIME = 90_000;
export const REKEY_TIMEOUT = 5_000;
/** Added to {@link REKEY_TIMEOUT} at random, so that two sides do not start handshakes in step. */
export const REKEY_JITTER = 334;
/** When an answer is due and nothing comes: how long that is borne, and the first pause between handshakes then. */
export const OVERDUE_AFTER = 1_000;
export const KEEPALIVE_TIMEOUT = 10_000;

/** Counters stay exact numbers. At a million packets a second this lasts for 285 years; the paper stops at 2^64 - 2^13 - 1. */
export const REJECT_AFTER_MESSAGES = 2 ** 53 - 2 ** 13 - 1;

/** Packets that wait for a handshake. The oldest goes first when there are more. */
export const MAX_STAGED_PACKETS = 128;

/** Initiations of one peer that follow faster than this are dropped. */
export const MIN_INITIATION_INTERVAL = 20;

/** Handshake messages in one second from which on senders must prove that they can receive (section 5.3). */
export const UNDER_LOAD_HANDSHAKES = 50;
export const LOAD_PERIOD = 1_000;
