import type { Duplex } from 'node:stream';
import { isSindriError, type Clock } from '@sindri/core';
import { formatAddress, type SshAddress } from './addresses.js';
import { dialAndProve, DialError, DialFailed, type Lookup, type StreamProof, type StreamWrap } from './dial.js';
import { describeSocketError, unreachable, type DialFailure } from './errors.js';
import { secure, type TlsSettings } from './inside-tls.js';

/** Opens byte streams that lead to one SSH server. What stands on the stream does not know how it gets there. */
export interface StreamOpener {
  /** Where it leads, for people: `[2001:db8::1]:10022`. */
  readonly where: string;
  /** What else can be done when nothing opens: a sentence for the hint of the error. */
  readonly hint?: string;
  /**
   * Opens a stream that counts: one on which `prove`, if there is one, has resolved. Rejects with `SSH_UNREACHABLE`, with what the way itself
   * says is wrong, or with `signal.reason`, and leaves nothing open then.
   */
  open(options: OpenStreamOptions): Promise<OpenedStream>;
}

/** Limits of one opening, and what counts as open. */
export interface OpenStreamOptions {
  signal: AbortSignal;
  clock: Clock;
  /** For everything together: name resolution, connecting, the proof. */
  timeoutMs: number;
  /** Looks at each fresh stream before it counts; rejects with {@link DialError}. What it has read it puts back, or keeps. */
  prove?: StreamProof;
}

/** A stream to an SSH server. */
export interface OpenedStream {
  stream: Duplex;
  /** Which of several addresses it was, `null` where there are none to choose from. */
  address: SshAddress | null;
  /** Which of several ways it was, for people. Absent = there is only one. */
  where?: string;
}

/**
 * Connects over TCP to the first of these addresses that answers ("happy eyeballs", see {@link dialFirst}), and with `tls` inside TLS. Without
 * an address each opening rejects with `SSH_UNREACHABLE` at once.
 */
export function openAddresses(
  addresses: readonly SshAddress[],
  { hint, lookup, tls }: { hint?: string; lookup?: Lookup; tls?: TlsSettings } = {},
): StreamOpener {
  const wrap: StreamWrap | undefined = tls && ((socket, signal) => secure(socket, tls, signal));
  return {
    where: addresses.length === 0 ? 'no address' : addresses.map(formatAddress).join(', '),
    ...(hint === undefined ? {} : { hint }),
    async open({ signal, clock, timeoutMs, prove = async () => undefined }) {
      try {
        const { socket, address } = await dialAndProve(addresses, { signal, clock, timeoutMs, lookup, wrap }, prove);
        return { stream: socket, address };
      } catch (error) {
        throw error instanceof DialFailed ? unreachable(error.failures, { alsoTry: hint }) : error;
      }
    },
  };
}

/**
 * For a single way without addresses to choose from: a tunnel, a proxy, a stream that is there already. `connect` gives up
 * and cleans up when its signal is aborted; what it rejects with becomes `SSH_UNREACHABLE`, but for a `SindriError`, which says itself what is
 * wrong and what to do. `PORT_NOT_LISTENING` is none of these: a server may come soon.
 */
export function openThrough(
  where: string,
  connect: (signal: AbortSignal) => Promise<Duplex>,
  { hint }: { hint?: string } = {},
): StreamOpener {
  return {
    where,
    ...(hint === undefined ? {} : { hint }),
    async open({ signal, clock, timeoutMs, prove }) {
      signal.throwIfAborted();
      const deadline = new AbortController();
      const finished = new AbortController();
      const within = AbortSignal.any([signal, deadline.signal]);
      clock.sleep(timeoutMs, AbortSignal.any([signal, finished.signal])).then(
        () => deadline.abort(),
        () => undefined,
      );
      let stream: Duplex | undefined;
      try {
        stream = await connect(within);
        await prove?.(stream, within);
        return { stream, address: null };
      } catch (error) {
        stream?.destroy();
        signal.throwIfAborted();
        if (isSindriError(error) && !isNotListening(error) && !deadline.signal.aborted) throw error;
        const failure: DialFailure = deadline.signal.aborted
          ? { where, address: null, reason: 'timeout', message: 'did not answer in time' }
          : { where, address: null, ...reasonOf(error) };
        throw unreachable([failure], { alsoTry: hint });
      } finally {
        finished.abort();
      }
    },
  };
}

/** The way is fine then, and a server may come soon: whoever waits for one tries again. */
function isNotListening(error: unknown): boolean {
  return isSindriError(error) && error.code === 'PORT_NOT_LISTENING';
}

function reasonOf(error: unknown): Pick<DialFailure, 'reason' | 'message'> {
  if (error instanceof DialError) return { reason: error.reason, message: error.message };
  if (isNotListening(error)) return describeSocketError({ code: 'ECONNREFUSED' });
  return describeSocketError(error);
}
