import type { Clock } from '@sindri/core';
import type { Duplex } from 'node:stream';
import type { SshAddress } from './addresses.js';
import { DialError } from './dial.js';
import { unreachable, UnreachableError, type DialFailure, type DialFailureReason } from './errors.js';
import type { StreamOpener } from './stream-opener.js';

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 4_000;
/** A relay may hold a connection while the machine behind it boots, so an attempt is given time. */
const ATTEMPT_TIMEOUT_MS = 15_000;
/** A server may send other lines before its version (RFC 4253, 4.2); nobody sends this much. */
const MAX_PREAMBLE_BYTES = 8 * 1024;

/** A failed try of {@link awaitSshBanner}. */
export interface BannerAttempt {
  /** Counts from 1. */
  attempt: number;
  failures: DialFailure[];
  /** The wait before the next try. */
  delayMs: number;
}

/** How long to wait, and who wants to know of the tries. */
export interface AwaitBannerOptions {
  signal: AbortSignal;
  clock: Clock;
  /** For all tries together. */
  timeoutMs: number;
  /** Called after each failed try. */
  onAttempt?(attempt: BannerAttempt): void;
}

/** Which server answered, and how. */
export interface BannerResult {
  /** The address that answered, `null` where there are none to choose from. */
  address: SshAddress | null;
  /** The server's version line, for instance `SSH-2.0-OpenSSH_9.6`. */
  banner: string;
}

/**
 * Waits until an SSH server answers: opens a stream, reads the version line, hangs up. Tries again with growing pauses until
 * `timeoutMs` is over.
 *
 * Rejects with `SSH_UNREACHABLE`, which tells the cause of the last try for each address (refused, timed out, closed before the
 * version line, not SSH at all), or with `signal.reason`.
 */
export async function awaitSshBanner(via: StreamOpener, options: AwaitBannerOptions): Promise<BannerResult> {
  const { signal, clock } = options;
  const endsAt = clock.now() + options.timeoutMs;
  let delayMs = FIRST_DELAY_MS;
  for (let attempt = 1; ; attempt += 1) {
    const timeoutMs = Math.max(1, Math.min(ATTEMPT_TIMEOUT_MS, endsAt - clock.now()));
    // Several streams may be looked at before one of them wins.
    const banners = new Map<Duplex, string>();
    const prove = async (stream: Duplex, within: AbortSignal): Promise<void> => {
      banners.set(stream, await readBanner(stream, within));
    };
    let failures: DialFailure[];
    try {
      const { stream, address } = await via.open({ signal, clock, timeoutMs, prove });
      stream.destroy();
      return { address, banner: banners.get(stream) ?? '' };
    } catch (error) {
      if (!(error instanceof UnreachableError) || error.failures.length === 0) throw error;
      failures = [...error.failures];
    }
    if (clock.now() + delayMs >= endsAt) throw gaveUp(via, failures, attempt, options.timeoutMs);
    options.onAttempt?.({ attempt, failures, delayMs });
    await clock.sleep(delayMs, signal);
    delayMs = Math.min(LONGEST_DELAY_MS, delayMs * 2);
  }
}

/** Reads until the line that starts with `SSH-2.0-` (or `SSH-1.99-`, which also speaks version 2) and returns it. */
function readBanner(stream: Duplex, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const stop = () => {
      stream.off('data', onData).off('close', onClose);
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (reason: DialFailureReason, message: string) => {
      stop();
      reject(new DialError(reason, message));
    };
    const onData = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const banner = /^SSH-(?:2\.0|1\.99)-[^\r\n]*(?=\r?\n)/m.exec(text);
      if (banner !== null) {
        stop();
        resolve(banner[0]);
      } else if (text.length > MAX_PREAMBLE_BYTES) {
        fail('not-ssh', 'answered, but not as an SSH server');
      }
    };
    const onClose = () =>
      text === ''
        ? fail('closed', 'closed the connection before an SSH banner came')
        : fail('not-ssh', 'answered, but not as an SSH server');
    const onAbort = () => fail('timeout', 'accepted the connection but sent no SSH banner');
    stream.on('data', onData).on('close', onClose);
    signal.addEventListener('abort', onAbort);
  });
}

function gaveUp(via: StreamOpener, failures: DialFailure[], attempts: number, timeoutMs: number) {
  const reasons = new Set(failures.map(({ reason }) => reason));
  return unreachable(failures, {
    summary: `No SSH server answered within ${Math.round(timeoutMs / 1000)} s (${attempts} ${attempts === 1 ? 'try' : 'tries'})`,
    hint: hintFor(reasons),
    alsoTry: via.hint,
  });
}

function hintFor(reasons: ReadonlySet<DialFailureReason>): string {
  if (reasons.has('closed') || reasons.has('refused')) {
    return 'The address answers but no SSH server does: the environment may still be booting, or its SSH server did not start. Look at its logs.';
  }
  if (reasons.has('name-not-found')) return 'New names take a moment to appear in DNS. Try again shortly.';
  if (reasons.has('not-ssh')) return 'Something else listens on this port: check the configured SSH port.';
  return 'Check that the environment is running and that this network lets connections to its SSH port through.';
}
